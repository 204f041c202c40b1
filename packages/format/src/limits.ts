/** Telegram's longest message, in Unicode code points after formatting was taken out (Bot API, sendMessage). */
export const messageLengthMax = 4096

/** The longest caption of a photo, a document or the like, counted the same way. */
export const captionLengthMax = 1024

/** Telegram leaves out the entities of a message beyond these, without a word. */
export const entitiesMax = 100

export function codePointLength(text: string): number {
  let length = text.length
  for (let index = 0; index < text.length - 1; index++) {
    const unit = text.charCodeAt(index)
    if (unit >= 0xd800 && unit <= 0xdbff) {
      length--
      index++
    }
  }
  return length
}
