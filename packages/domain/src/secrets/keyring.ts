import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'

const cipherName = 'aes-256-gcm'
/** Version 1 did not say which key it was; nothing is sealed with it any more. */
const versions = { withoutKeyId: 1, withKeyId: 2 }
const keyIdLength = 4
const ivLength = 12
const tagLength = 16

/** Seals with the first of several keys, and opens with any of them. */
export interface Keyring {
  /** The bytes with which all begins that the first key has sealed. */
  readonly mark: Buffer
  /** @param about what the text belongs to: it opens for nothing else. */
  seal(about: string, plaintext: string): Buffer
  /**
   * @param formerly what texts without the id of their key were sealed for.
   * @throws {Error} where none of the keys has sealed it, or what it belongs to is another, or the bytes were changed.
   */
  open(about: string, sealed: Uint8Array, formerly?: string): string
}

/** @param keys of 32 bytes each, one at least. */
export function createKeyring(keys: readonly Buffer[]): Keyring {
  const byId = new Map(keys.map((key) => [keyId(key).toString('hex'), key]))
  const [first] = keys
  if (!first) throw new Error('a keyring needs a key')
  const mark = Buffer.concat([Buffer.of(versions.withKeyId), keyId(first)])

  return {
    mark,
    seal(about, plaintext) {
      const iv = randomBytes(ivLength)
      const cipher = createCipheriv(cipherName, first, iv).setAAD(Buffer.from(about))
      const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()])
      return Buffer.concat([mark, iv, cipher.getAuthTag(), ciphertext])
    },
    open(about, sealed, formerly) {
      const bytes = Buffer.from(sealed)
      if (bytes[0] === versions.withKeyId) {
        const key = byId.get(bytes.toString('hex', 1, 1 + keyIdLength))
        if (!key) throw new Error('sealed with a key that is not here')
        return decrypt(key, about, bytes.subarray(1 + keyIdLength))
      }
      if (bytes[0] !== versions.withoutKeyId || formerly === undefined) throw new Error('sealed in an unknown way')
      for (const key of keys) {
        try {
          return decrypt(key, formerly, bytes.subarray(1))
        } catch {
          // Another key may open it.
        }
      }
      throw new Error('sealed with a key that is not here')
    },
  }
}

function decrypt(key: Buffer, about: string, bytes: Buffer): string {
  const tag = bytes.subarray(ivLength, ivLength + tagLength)
  const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, ivLength), { authTagLength: tagLength })
  decipher.setAAD(Buffer.from(about)).setAuthTag(tag)
  return decipher.update(bytes.subarray(ivLength + tagLength), undefined, 'utf8') + decipher.final('utf8')
}

/** Tells keys apart, and nothing of them. */
export function keyId(key: Buffer): Buffer {
  return createHash('sha256').update('tellwire key id').update(key).digest().subarray(0, keyIdLength)
}
