import type { TextFormat } from '@tellwire/format'
import { showValue } from './show-value.js'
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
/** The last moment that JavaScript can tell. */
const dateMax = 8_640_000_000_000

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
 * @param value RFC 3339, or seconds since 1970; anything else is shown as it is.
 */
export function writeTime(
  value: unknown,
  { format }: TimeTag,
  { textFormat, locale, timezone, escape }: TimeReader,
): string {
  const unixTime = readUnixTime(value)
  if (unixTime === undefined) return escape(showValue(value))
  const told = escape(tellTime(unixTime, format, locale, timezone ?? 'UTC'))
  if (unixTime > unixTimeMax) return told
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

const rfc3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}(?::\d{2})?(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/

function readUnixTime(value: unknown): number | undefined {
  if (typeof value !== 'string') return typeof value === 'number' ? toSeconds(value) : undefined
  if (/^\d{1,12}$/.test(value)) return toSeconds(Number(value))
  return rfc3339.test(value) ? toSeconds(Date.parse(value.replace(' ', 'T')) / 1_000) : undefined
}

function toSeconds(value: number): number | undefined {
  const seconds = Math.floor(value)
  return seconds > 0 && seconds <= dateMax ? seconds : undefined
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
