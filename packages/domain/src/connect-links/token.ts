import { createHash } from 'node:crypto'
import { customAlphabet } from 'nanoid'
import type { Sealer } from '../secrets/sealer.js'

// No `_` or `-`: Telegram gives a token that begins with `_tgr_` a meaning of its own.
const generate = customAlphabet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789', 32)

/** 190 random bits in characters that a start link may carry. */
export function generateConnectToken(): string {
  return generate()
}

export function isConnectToken(text: string): boolean {
  return /^[A-Za-z0-9]{32}$/.test(text)
}

export function hashConnectToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest())
}

/** No vowels, so that no word is taken for a code, and nothing that looks like something else in it. */
const codeAlphabet = '23456789CDFHJKMNPQRTVWX'
const codeLength = 8

/**
 * The code of a token: what a person can type to the bot in its place, where an app has lost the token of a link.
 * It follows from the token, so that whoever has the one need not keep the other.
 */
export function codeOfToken(token: string): string {
  let rest = createHash('sha256').update(`code of ${token}`).digest().readBigUInt64BE()
  let code = ''
  while (code.length < codeLength) {
    code += codeAlphabet[Number(rest % BigInt(codeAlphabet.length))]
    rest /= BigInt(codeAlphabet.length)
  }
  return code
}

/** Keyed, since there are few enough codes to try all of them on a hash. @returns the hash that is stored, and those under former keys. */
export function hashConnectCode(
  sealer: Sealer,
  code: string,
): [present: Uint8Array<ArrayBuffer>, ...before: Uint8Array<ArrayBuffer>[]] {
  const [present, ...before] = sealer
    .deriveAll('connect code', code)
    .map((hash) => new Uint8Array(Buffer.from(hash, 'base64url')))
  if (!present) throw new Error('there is no key')
  return [present, ...before]
}

/** A code as it is shown: `CDFH-2345`. */
export function showCode(code: string): string {
  return `${code.slice(0, codeLength / 2)}-${code.slice(codeLength / 2)}`
}

/** Letters that codes do not have, and what they are taken for. */
const lookAlikes: Readonly<Record<string, string>> = { B: '8', G: '6', S: '5', U: 'V', Z: '2' }
const dashesAndSpaces = /[\s\p{Pd}\p{Cf}\u2212_.]+/gu
const isCode = new RegExp(`^[${codeAlphabet}]{${codeLength}}$`)

/** Reads a code as people type it, on whatever keyboard. @returns undefined for what is none. */
export function readCode(text: string): string | undefined {
  if (text.length > 64) return undefined
  const typed = toAsciiDigits(text.normalize('NFKC')).replaceAll(dashesAndSpaces, '').toUpperCase()
  const code = typed.replaceAll(/[BGSUZ]/g, (letter) => lookAlikes[letter] ?? letter)
  return isCode.test(code) ? code : undefined
}

/** Digits of Arabic, Persian and Indian keyboards are digits all the same. */
function toAsciiDigits(text: string): string {
  return text.replaceAll(/\p{Nd}/gu, (digit) => {
    const point = digit.codePointAt(0) ?? 0
    // The ten digits of a script stand in a row.
    let value = 0
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(point - value - 1))) value++
    return String(value)
  })
}
