/** Telegram's longest message, in Unicode code points after formatting was taken out (Bot API, sendMessage). */
export const messageLengthMax = 4096

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

/** Whether Telegram would find nothing to show: only white space, control and zero-width characters. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cc}\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0]*$/u.test(
    text,
  )
}
