import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'
import { showTemplate, showVersion } from './show-template.js'

const versionsShownMax = 100

interface Reading {
  db: Transaction
  tenantId: string
}

/** @throws `not_found` */
export async function getTemplate(ctx: Reading, id: string) {
  const template = await findTemplate(ctx, id)
  const versions = await ctx.db.templateVersion.findMany({
    where: { tenantId: ctx.tenantId, templateId: id },
    orderBy: { version: 'desc' },
    take: versionsShownMax,
  })
  return { ...showTemplate(template), versions: versions.map(showVersion) }
}

/** @throws `not_found` */
export async function findTemplate({ db, tenantId }: Reading, id: string) {
  const template = await db.template.findUnique({ where: { tenantId_id: { tenantId, id }, deletedAt: null } })
  if (!template) throw notFound('template', '/id')
  return template
}
