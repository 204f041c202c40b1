/** A value as JSON that Postgres can store: jsonb takes neither U+0000 nor half a surrogate pair. */
export function toStorableJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'string' ? item.replaceAll('\0', '').toWellFormed() : item,
  )
}
