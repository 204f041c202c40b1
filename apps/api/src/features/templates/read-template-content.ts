import { findSchemaFault, type TemplateContent } from '@tellwire/domain'
import { refusal } from '../../errors.js'
import { escapePointer } from '../../http/validation.js'
import { onTemplate, type RenderingScope } from '../../messages/render-given.js'
import type { NewVersion } from './schemas.js'

type Scope = Pick<RenderingScope, 'tenantId' | 'boundedWork'>

/** @throws `template_invalid` for a text, a schema or a language that cannot be used. */
export async function readTemplateContent(
  { tenantId, boundedWork }: Scope,
  { format, texts, schema, strict, default_locale: given }: NewVersion,
): Promise<TemplateContent> {
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
    await onTemplate(boundedWork.run(tenantId, 'assertTemplate', text), pointer, ({ message }) =>
      invalid(pointer, message),
    )
  }
  const fault = schema && findSchemaFault(schema)
  if (fault) throw invalid(`/schema${fault.pointer}`, fault.detail)
  return { format, default_locale: defaultLocale, texts, strict, ...(schema ? { schema } : {}) }
}

function invalid(pointer: string, detail: string) {
  return refusal('template_invalid', `${pointer} cannot be used: ${detail}.`, { pointer, detail })
}
