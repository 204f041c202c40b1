// Telegram's own classes of characters: ASCII only, and the end of a text counts as white space.

export function isSpace(character: string | undefined): boolean {
  return character === undefined || ' \t\r\n\v\0'.includes(character)
}

export function isAlphanumeric(character: string | undefined): boolean {
  return character !== undefined && /^[0-9A-Za-z]$/.test(character)
}

export function toAsciiLowerCase(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** A whole number that is written the one way it would be printed: no plus sign, no zeros before it. */
export function readInteger(text: string, bits: 32 | 64): bigint | undefined {
  if (!/^(?:0|-?[1-9]\d{0,18})$/.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(bits, value) === value ? value : undefined
}
