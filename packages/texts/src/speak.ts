import { IntlMessageFormat } from 'intl-messageformat'
import { catalogues, directionOf, type Language } from './languages.js'
import type { TextArguments, TextKey } from './text-arguments.js'

/** Texts of a tenant's own, by language and key. */
export type Overrides = Partial<Record<Language, Partial<Record<TextKey, string>>>>

/** Says our texts in one language. */
export interface Speaker {
  language: Language
  direction: 'ltr' | 'rtl'
  say: <Key extends TextKey>(key: Key, ...args: TextArguments[Key] extends null ? [] : [TextArguments[Key]]) => string
  /** `a, b and c` */
  list: (items: readonly string[]) => string
}

const formats = new Map<string, IntlMessageFormat>()
const formatsMax = 5_000

export function speak(language: Language, overrides: Overrides = {}): Speaker {
  const direction = directionOf(language)
  const isolate = (value: unknown): unknown => (typeof value === 'string' ? isolated(value, direction) : value)
  return {
    language,
    direction,
    say(key, ...[args]) {
      const source = overrides[language]?.[key] ?? catalogues[language][key]
      const values = Object.entries(args ?? {}).map(([name, value]) => [name, isolate(value)])
      return String(formatOf(language, source).format(Object.fromEntries(values) as Record<string, string>))
    },
    list: (items) =>
      new Intl.ListFormat(language, { type: 'conjunction' }).format(items.map((item) => isolated(item, direction))),
  }
}

/** @throws where the source is no message of ICU's format. */
export function formatOf(language: Language, source: string): IntlMessageFormat {
  const key = `${language} ${source}`
  const known = formats.get(key)
  if (known) return known
  const [oldest] = formats.keys()
  if (formats.size >= formatsMax && oldest !== undefined) formats.delete(oldest)
  const format = new IntlMessageFormat(source, language, undefined, { ignoreTag: true })
  formats.set(key, format)
  return format
}

const firstIsolate = '\u2068'
const popIsolate = '\u2069'

/** A name that is written the other way than the text around it is kept from turning that around. */
function isolated(value: string, direction: 'ltr' | 'rtl'): string {
  const isOther = direction === 'rtl' ? /\p{L}/u.test(value) && !isRightToLeft(value) : isRightToLeft(value)
  return isOther ? `${firstIsolate}${value}${popIsolate}` : value
}

function isRightToLeft(text: string): boolean {
  const first = /\p{L}/u.exec(text)?.[0]
  return first !== undefined && /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]/.test(first)
}
