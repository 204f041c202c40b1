export class SecretKeyError extends Error {
  override name = 'SecretKeyError'
}

const keyLength = 32
/** Of 32 random bytes hardly any two are the same. */
const varietyMin = 12

/**
 * Reads the keys of an installation: one, or several between commas or white space, each 32 bytes in base64.
 * @throws {SecretKeyError} of which the message names no key.
 */
export function readSecretKeys(secretKeys: string): Buffer[] {
  const keys = secretKeys.split(/[\s,]+/).filter((key) => key !== '')
  const read = keys.map((key) => Buffer.from(key, 'base64'))
  const isWellFormed = read.every(
    (bytes, index) => bytes.length === keyLength && bytes.toString('base64') === keys[index],
  )
  if (read.length === 0 || !isWellFormed) {
    throw new SecretKeyError(
      'SECRET_KEY must be 32 bytes in base64, or several such keys with commas between: make one with `openssl rand -base64 32`.',
    )
  }
  return read
}

/** Of an installation's keys those that could be guessed, and the place of each: 1 is the first. */
export function findKeyWeaknesses(secretKeys: string): { place: number; weakness: string }[] {
  return readSecretKeys(secretKeys).flatMap((key, index) => {
    const weakness = weaknessOf(key)
    return weakness === undefined ? [] : [{ place: index + 1, weakness }]
  })
}

/** The fault of the key with which all is sealed, where it is well-formed and could be guessed all the same; undefined for none. */
export function findKeyWeakness(secretKeys: string): string | undefined {
  const [first] = readSecretKeys(secretKeys)
  return first && weaknessOf(first)
}

function weaknessOf(key: Buffer): string | undefined {
  const different = new Set(key).size
  return different < varietyMin ? `has only ${different} different bytes of ${keyLength}` : undefined
}
