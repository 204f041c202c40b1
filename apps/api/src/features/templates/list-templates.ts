import type { TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { TemplateListQuery } from './schemas.js'
import { showTemplate } from './show-template.js'

export async function listTemplates({ db, tenantId }: TenantScope, { limit, cursor }: TemplateListQuery) {
  const list = ['templates', tenantId]
  const olderThan = readIdCursor(list, cursor)
  const templates = await db.template.findMany({
    where: { tenantId, deletedAt: null, ...(olderThan === undefined ? {} : { id: { lt: olderThan } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(templates, limit, list, ({ id }) => id, showTemplate)
}
