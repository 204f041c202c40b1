import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'
import { showTemplate, showVersion, showWholeVersion } from './show-template.js'

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

/** One version with its texts. @throws `not_found` */
export async function getVersion(scope: Reading, id: string, version: number) {
  await findTemplate(scope, id)
  const stored = await scope.db.templateVersion.findUnique({
    where: { tenantId_templateId_version: { tenantId: scope.tenantId, templateId: id, version } },
  })
  if (!stored) throw notFound('version', '/version')
  return showWholeVersion(stored)
}
