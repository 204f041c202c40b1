import { TypeID } from 'typeid-js'

/** The kinds of things that have ids, which are the prefixes of their TypeIDs. */
export type IdPrefix =
  | 'ten'
  | 'key'
  | 'bot'
  | 'lnk'
  | 'con'
  | 'ntf'
  | 'dlv'
  | 'evt'
  | 'top'
  | 'fil'
  | 'tpl'
  | 'rep'
  | 'whk'
  | 'att'
  | 'msg'
  | 'qst'
  | 'aud'

/** Shows a UUID as `<prefix>_` and 26 characters. */
export function showId(prefix: IdPrefix, uuid: string): string {
  return TypeID.fromUUID(prefix, uuid).toString()
}

/** @returns the UUID; undefined for an id of another kind or none at all. */
export function parseId(prefix: IdPrefix, id: string): string | undefined {
  if (!new RegExp(`^${prefix}_[0-7][0-9a-hjkmnp-tv-z]{25}$`).test(id)) return undefined
  try {
    return TypeID.fromString(id, prefix).toUUID()
  } catch {
    // The right form, but not of a UUID.
    return undefined
  }
}
