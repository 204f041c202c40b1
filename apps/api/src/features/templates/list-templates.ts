import type { TenantContext } from '../../context.js'
import { readIdCursor, toPage } from '../../http/cursors.js'
import type { TemplateListQuery } from './schemas.js'
import { showTemplate } from './show-template.js'

export async function listTemplates({ db, tenantId }: TenantContext, { limit, cursor }: TemplateListQuery) {
  const scope = ['templates', tenantId]
  const olderThan = readIdCursor(scope, cursor)
  const templates = await db.template.findMany({
    where: { tenantId, deletedAt: null, ...(olderThan === undefined ? {} : { id: { lt: olderThan } }) },
    orderBy: { id: 'desc' },
    take: limit + 1,
  })
  return toPage(templates, limit, scope, ({ id }) => id, showTemplate)
}
