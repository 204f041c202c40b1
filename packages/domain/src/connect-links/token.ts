import { createHash } from 'node:crypto'
import { customAlphabet } from 'nanoid'

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
