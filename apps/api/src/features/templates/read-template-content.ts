import { assertTemplate, type TemplateContent, TemplateError } from '@tellwire/domain'
import { refusal } from '../../errors.js'
import { escapePointer } from '../../http/validation.js'
import { compile } from '../../messages/check-variables.js'
import type { NewVersion } from './schemas.js'

/** @throws `template_invalid` for a text, a schema or a language that cannot be used. */
export function readTemplateContent({
  format,
  texts,
  schema,
  strict,
  default_locale: given,
}: NewVersion): TemplateContent {
  const locales = Object.keys(texts)
  const [only, second] = locales
  const defaultLocale = given ?? (second === undefined ? only : undefined)
  if (defaultLocale === undefined || !locales.includes(defaultLocale)) {
    throw refusal('template_invalid', 'Which of the texts is for whoever speaks none of the languages?', {
      pointer: '/default_locale',
      detail: 'must be one of the languages in texts',
    })
  }
  for (const [locale, text] of Object.entries(texts)) {
    const pointer = `/texts/${escapePointer(locale)}`
    refuseWhere(TemplateError, pointer, () => assertTemplate(text))
  }
  if (schema) refuseWhere(Error, '/schema', () => void compile(schema))
  return { format, default_locale: defaultLocale, texts, strict, ...(schema ? { schema } : {}) }
}

function refuseWhere(kind: abstract new (...args: never[]) => Error, pointer: string, check: () => void): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof kind)) throw error
    throw refusal('template_invalid', `${pointer} cannot be used: ${error.message}.`, {
      pointer,
      detail: error.message,
    })
  }
}
