/** The beginning of a text, of so many UTF-16 code units at most: one character less where the cut would go through it. */
export function cutText(text: string, lengthMax: number): string {
  const cut = text.slice(0, lengthMax)
  return text.length > lengthMax && /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut
}
