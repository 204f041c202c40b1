import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'
import { showTemplate, showVersion } from './show-template.js'

const versionsShownMax = 100

interface Reading {
  db: Transaction
  tenantId: string
}

/** @throws `not_found` */
export async function getTemplate(scope: Reading, id: string) {
  const template = await findTemplate(scope, id)
  const versions = await scope.db.templateVersion.findMany({
    where: { tenantId: scope.tenantId, templateId: id },
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
