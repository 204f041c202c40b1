import { readStoredTemplate, type TemplateContent, type TemplateUse, type TenantScope } from '@tellwire/domain'
import type { TextFormat } from '@tellwire/format'
import { refusal } from '../errors.js'
import { parseId } from '../http/ids.js'
import type { MessageInput } from './schemas.js'

export type GivenTemplate = NonNullable<MessageInput['template']>

export interface FoundTemplate {
  use: TemplateUse
  format: TextFormat
  content: TemplateContent
}

/** @throws `template_unknown` or `template_unpublished`. */
export async function findTemplate({ db, tenantId }: TenantScope, given: GivenTemplate): Promise<FoundTemplate> {
  const id = parseId('tpl', given.id)
  const template = id && (await db.template.findUnique({ where: { tenantId_id: { tenantId, id }, deletedAt: null } }))
  if (!id || !template) {
    throw refusal('template_unknown', 'There is no such template.', {
      pointer: '/template/id',
      detail: 'is not a template of yours',
    })
  }
  const version = given.version ?? template.publishedVersion
  if (version === null) {
    throw refusal('template_unpublished', 'No version of the template was published.', {
      pointer: '/template/id',
      detail: 'has no published version',
    })
  }
  const stored = await db.templateVersion.findUnique({
    where: { tenantId_templateId_version: { tenantId, templateId: id, version } },
  })
  if (!stored) {
    throw refusal('template_unknown', 'The template has no such version.', {
      pointer: '/template/version',
      detail: 'is not a version of the template',
    })
  }
  const content = readStoredTemplate(stored.content)
  const { variables, locale } = given
  return {
    use: { id, version, variables, ...(locale === undefined ? {} : { locale }) },
    format: content.format,
    content,
  }
}
