import type { TextFormat } from '@tellwire/format'

const htmlCharacters: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapes: Record<Exclude<TextFormat, 'markdown'>, (value: string) => string> = {
  plain: (value) => value,
  telegram_html: (value) => value.replace(/[&<>"']/g, (character) => htmlCharacters[character] ?? character),
  telegram_markdown: (value) => value.replace(/[_*`[]/g, '\\$&'),
  telegram_markdown_v2: (value) => value.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, '\\$&'),
}

/** Makes a value mean nothing but itself in a text of this format. In Markdown it is put in after parsing. */
export function escapeFor(format: Exclude<TextFormat, 'markdown'>): (value: string) => string {
  return escapes[format]
}

/** A value as it is put into a text: what is no text is shown as JSON. */
export function showValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
