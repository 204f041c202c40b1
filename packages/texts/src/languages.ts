import { ar } from './languages/ar.js'
import { de } from './languages/de.js'
import { en } from './languages/en.js'
import { es } from './languages/es.js'
import { fa } from './languages/fa.js'
import { fr } from './languages/fr.js'
import { hi } from './languages/hi.js'
import { id } from './languages/id.js'
import { it } from './languages/it.js'
import { ja } from './languages/ja.js'
import { pt } from './languages/pt.js'
import { ru } from './languages/ru.js'
import { tr } from './languages/tr.js'
import { uk } from './languages/uk.js'
import { zh } from './languages/zh.js'
import type { Catalogue } from './text-arguments.js'

/** The languages that we speak, by their ISO 639-1 codes. */
export const catalogues = { en, de, es, fr, it, pt, ru, uk, tr, hi, id, ar, fa, zh, ja } satisfies Record<
  string,
  Catalogue
>
export type Language = keyof typeof catalogues

/** What each language is called by those who speak it. */
export const languageNames: Record<Language, string> = {
  en: 'English',
  de: 'Deutsch',
  es: 'Español',
  fr: 'Français',
  it: 'Italiano',
  pt: 'Português',
  ru: 'Русский',
  uk: 'Українська',
  tr: 'Türkçe',
  hi: 'हिन्दी',
  id: 'Bahasa Indonesia',
  ar: 'العربية',
  fa: 'فارسی',
  zh: '中文',
  ja: '日本語',
}

export const languages = Object.keys(languageNames) as Language[]

export function isLanguage(code: string): code is Language {
  return Object.hasOwn(catalogues, code)
}

/** Languages that are written from right to left. */
const rightToLeft: readonly Language[] = ['ar', 'fa']

export function directionOf(language: Language): 'ltr' | 'rtl' {
  return rightToLeft.includes(language) ? 'rtl' : 'ltr'
}

/** The first of the wanted languages that we speak, else English. @param wanted BCP 47 tags, such as `pt-BR`. */
export function chooseLanguage(...wanted: readonly (string | null | undefined)[]): Language {
  for (const tag of wanted) {
    const code = tag?.split(/[-_]/, 1)[0]?.toLowerCase()
    if (code !== undefined && isLanguage(code)) return code
  }
  return 'en'
}
