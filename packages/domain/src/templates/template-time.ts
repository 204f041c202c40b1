import type { TextFormat } from '@tellwire/format'
import { TemplateError } from './template-error.js'

// `{{time:due}}` and `{{time:due:wDT}}`: a moment that Telegram shows each reader in their own time.

export interface TimeTag {
  /** Of the variable. */
  name: string
  /** As Telegram writes it: `r` (how long ago, or until then), or `w`, then `d` or `D`, then `t` or `T`. */
  format: string
}

const defaultFormat = 'Dt'
/** Telegram takes no later moment. */
const unixTimeMax = 2 ** 31 - 1

/** @throws {TemplateError} for a format that Telegram does not know. */
export function readTimeTag(tag: string): TimeTag | undefined {
  if (!/^time\s*:/.test(tag)) return undefined
  const [, name = '', format = defaultFormat] = tag.split(':').map((part) => part.trim())
  if (!/^(?:r|w?[dD]?[tT]?)$/.test(format) || format === '') {
    throw new TemplateError(`"${tag}" has no format of a time: r, or w, d or D, t or T in this order`)
  }
  return { name, format }
}

interface TimeReader {
  textFormat: TextFormat
  /** In which an app is told that is too old to know moments. */
  locale: string
  timezone: string | null | undefined
  escape: (value: string) => string
}

/**
 * A moment as the format of the text writes it.
 * @param value RFC 3339, or seconds since 1970.
 * @throws {TemplateError} for anything else.
 */
export function writeTime(
  value: unknown,
  { name, format }: TimeTag,
  { textFormat, locale, timezone, escape }: TimeReader,
): string {
  const unixTime = readUnixTime(value)
  if (unixTime === undefined) {
    throw new TemplateError(`${name} is no time: give RFC 3339, or seconds since 1970`)
  }
  const told = escape(tellTime(unixTime, format, locale, timezone ?? 'UTC'))
  switch (textFormat) {
    case 'plain':
    case 'telegram_markdown':
      return told
    case 'telegram_html':
      return `<tg-time unix="${unixTime}" format="${format}">${told}</tg-time>`
    case 'markdown':
    case 'commonmark':
    case 'telegram_markdown_v2':
      return `![${told}](tg://time?unix=${unixTime}&format=${format})`
  }
}

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

function readUnixTime(value: unknown): number | undefined {
  const isText = typeof value === 'string' && rfc3339.test(value)
  const seconds = isText ? Math.floor(Date.parse(value.replace(' ', 'T')) / 1_000) : value
  const isTime = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= unixTimeMax
  return isTime ? seconds : undefined
}

function tellTime(unixTime: number, format: string, locale: string, timezone: string): string {
  const has = (letter: string): boolean => format.includes(letter)
  const isRelative = format === 'r'
  const hasTime = isRelative || /t/i.test(format)
  return new Intl.DateTimeFormat(locale, {
    timeZone: timezone,
    ...(has('w') ? { weekday: 'long' } : {}),
    ...(isRelative || has('D') ? { day: 'numeric', month: 'long', year: 'numeric' } : {}),
    ...(has('d') ? { day: '2-digit', month: '2-digit', year: 'numeric' } : {}),
    ...(hasTime ? { hour: '2-digit', minute: '2-digit', timeZoneName: 'short' } : {}),
    ...(has('T') ? { second: '2-digit' } : {}),
  }).format(unixTime * 1_000)
}
