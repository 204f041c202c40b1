/**
 * A value from outside as the text of a `jsonb` parameter. Postgres takes neither U+0000 nor half a surrogate
 * pair in it, so that they are left out or replaced.
 */
export function toStorableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? item.replaceAll('\0', '').toWellFormed() : item,
  )
}
