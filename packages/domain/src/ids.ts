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

/** The characters' codes, by the value of their five bits. */
const characters = Buffer.from('0123456789abcdefghjkmnpqrstvwxyz')
/** The hexadecimal digits' values, by their characters' codes. */
const digits: readonly (number | undefined)[] = Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16)
  return Number.isNaN(value) ? undefined : value
})
/** Two bits of the 130 that 26 characters have are not the UUID's. */
const paddingBits = 2
const bitsOfCharacter = 5
/** Where the characters of one id are put together; a text that grows by one at a time is a chain of 26 until it is read. */
const written = Buffer.alloc(26)

/**
 * Shows a UUID as `<prefix>_` and 26 characters. It is done for every id of every answer, and so without the library, which takes
 * ten times as long; a test compares the two.
 */
export function showId(prefix: IdPrefix, uuid: string): string {
  let end = 0
  let bits = 0
  let count = paddingBits
  for (let place = 0; place < uuid.length; place++) {
    const digit = digits[uuid.charCodeAt(place)]
    // A hyphen.
    if (digit === undefined) continue
    bits = (bits << 4) | digit
    count += 4
    if (count < bitsOfCharacter) continue
    count -= bitsOfCharacter
    written[end++] = characters[bits >> count] ?? 0
    bits &= (1 << count) - 1
  }
  return `${prefix}_${written.toString('latin1', 0, end)}`
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
