/** Characters that control something else than a line or a column, and that turn the direction of what follows. */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const controls = /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e]/g

/** A text without what Telegram would not show of it, also where it comes from a value. */
export function cleanText(text: string): string {
  return text.toWellFormed().replace(controls, '')
}
