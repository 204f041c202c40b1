import { nameToEmoji } from 'gemoji'
import type { Token } from 'markdown-it'

/** A name between colons that stands by itself: 10:30:00 has none. */
const shortcode = /(?<![\p{L}\p{N}:]):([a-z0-9_+-]{1,50}):(?![\p{L}\p{N}:])/gu

/** Puts emoji in the places of their names, such as `:bug:`, as GitHub has them; never in code. A name that is none stays. */
export function showShortcodes(tokens: readonly Token[]): void {
  for (const token of tokens) {
    if (token.type === 'text') token.content = withEmoji(token.content)
    if (token.children) showShortcodes(token.children)
  }
}

function withEmoji(text: string): string {
  if (!text.includes(':')) return text
  return text.replace(shortcode, (written, name: string) =>
    Object.hasOwn(nameToEmoji, name) ? (nameToEmoji[name] ?? written) : written,
  )
}
