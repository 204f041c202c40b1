import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { customAlphabet } from 'nanoid'

export type KeyKind = 'live' | 'test' | 'admin'

const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const randomPart = customAlphabet(base62, 32)

/** `tw_<kind>_`, 32 random characters (190 bits) and a checksum of six, so that a typo is known without a look-up. */
export function generateKey(kind: KeyKind): string {
  const body = randomPart()
  return `tw_${kind}_${body}${checksum(body)}`
}

export function isWellFormedKey(key: string, kinds: readonly KeyKind[]): boolean {
  const match = /^tw_(live|test|admin)_([0-9A-Za-z]{32})([0-9A-Za-z]{6})$/.exec(key)
  if (!match) return false
  const [, kind, body = '', sum] = match
  return kinds.includes(kind as KeyKind) && checksum(body) === sum
}

/** Makes the hash that is stored in place of a key. Keys are random enough that a plain hash cannot be searched. */
export function hashKey(key: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(key).digest())
}

function checksum(body: string): string {
  let value = crc32(body)
  let digits = ''
  for (let index = 0; index < 6; index++) {
    digits = (base62[value % 62] ?? '') + digits
    value = Math.floor(value / 62)
  }
  return digits
}
