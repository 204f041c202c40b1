/** Thrown for a text that Telegram refuses, in its words. */
export class TelegramParseError extends Error {
  override readonly name = 'TelegramParseError'
  /** Where in the source it found the mistake, in UTF-16 code units; absent where Telegram does not say it. */
  readonly index?: number

  constructor(message: string, index?: number) {
    super(message)
    if (index !== undefined) this.index = index
  }
}

/** A mistake in the markup. Telegram counts where it stands in bytes of UTF-8. */
export function cannotParse(reason: string, index?: number): TelegramParseError {
  return new TelegramParseError(`Can't parse entities: ${reason}`, index)
}

/** How many bytes of UTF-8 stand before a place in a text. */
export function byteOffset(text: string, index: number): number {
  let bytes = index
  for (let position = 0; position < index; position++) {
    const unit = text.charCodeAt(position)
    // Each half of a surrogate pair is two bytes of the four that the pair takes.
    if (unit >= 0xd800 && unit <= 0xdfff) bytes += 1
    else if (unit >= 0x800) bytes += 2
    else if (unit >= 0x80) bytes += 1
  }
  return bytes
}
