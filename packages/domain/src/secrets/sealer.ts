import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

const version = 1
const ivLength = 12
const tagLength = 16

export class SecretKeyError extends Error {
  override name = 'SecretKeyError'
}

/** Keeps secrets in the database unreadable without the installation's key. */
export interface Sealer {
  /** AES-256-GCM. What was sealed for one purpose opens for no other. */
  seal(purpose: string, plaintext: string): Buffer
  /** @throws when the key or the purpose is another, or the bytes were changed. */
  unseal(purpose: string, sealed: Uint8Array): string
  /** A secret that follows from the key and the input: 43 characters of `A-Za-z0-9_-`. */
  derive(purpose: string, input: string): string
}

/** @param secretKey 32 bytes in base64. */
export function createSealer(secretKey: string): Sealer {
  const master = Buffer.from(secretKey, 'base64')
  if (master.length !== 32)
    throw new SecretKeyError('SECRET_KEY must be 32 bytes in base64: make one with `openssl rand -base64 32`')
  const sealingKey = deriveKey(master, 'tellwire seal')
  const derivingKey = deriveKey(master, 'tellwire derive')

  return {
    seal(purpose, plaintext) {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(purpose))
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), iv, cipher.getAuthTag(), ciphertext])
    },
    unseal(purpose, sealed) {
      const bytes = Buffer.from(sealed)
      if (bytes[0] !== version) throw new Error('sealed with an unknown version')
      const iv = bytes.subarray(1, 1 + ivLength)
      const tag = bytes.subarray(1 + ivLength, 1 + ivLength + tagLength)
      const decipher = createDecipheriv('aes-256-gcm', sealingKey, iv).setAAD(Buffer.from(purpose)).setAuthTag(tag)
      return decipher.update(bytes.subarray(1 + ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
    },
    derive: (purpose, input) => createHmac('sha256', derivingKey).update(`${purpose}\0${input}`).digest('base64url'),
  }
}

function deriveKey(master: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', master, '', info, 32))
}
