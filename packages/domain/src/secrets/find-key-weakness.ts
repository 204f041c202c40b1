const variety = 12

/** The fault of a secret key that is well-formed and could be guessed all the same; undefined for none. */
export function findKeyWeakness(secretKey: string): string | undefined {
  const bytes = Buffer.from(secretKey, 'base64')
  // Of 32 random bytes hardly any two are the same.
  const different = new Set(bytes).size
  return different < variety ? `has only ${different} different bytes of ${bytes.length}` : undefined
}
