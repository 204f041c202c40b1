import type { TextFormat } from '@tellwire/format'

const htmlCharacters: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escapes: Record<TextFormat, (value: string) => string> = {
  plain: (value) => value,
  telegram_html: (value) => value.replace(/[&<>"']/g, (character) => htmlCharacters[character] ?? character),
  telegram_markdown: (value) => value.replace(/[_*`[]/g, '\\$&'),
  telegram_markdown_v2: (value) => value.replace(/[_*[\]()~`>#+\-=|{}.!\\]/g, '\\$&'),
  markdown: escapeMarkdown,
}

/** Makes a value mean nothing but itself in a text of this format. */
export function escapeFor(format: TextFormat): (value: unknown) => string {
  const escape = escapes[format]
  return (value) => escape(typeof value === 'string' ? value : JSON.stringify(value))
}

/**
 * What may begin a list, a heading or the like is escaped where a line begins, and not in the middle of one: a
 * value in backticks would show the backslash.
 */
function escapeMarkdown(value: string): string {
  return value
    .replace(/[\\`*_~|[\]<>&!]/g, '\\$&')
    .replace(/^[ \t]+/gm, '')
    .replace(/^[#+=-]/gm, '\\$&')
    .replace(/^(\d+)([.)])/gm, '$1\\$2')
}
