import type { Transaction } from '@tellwire/db'
import { notFound } from '../../errors.js'
import { showTemplate, showVersion, showWholeVersion, type VersionSummary } from './show-template.js'

const versionsShownMax = 100

interface Reading {
  db: Transaction
  tenantId: string
}

/** @throws `not_found` */
export async function getTemplate(scope: Reading, id: string) {
  const template = await findTemplate(scope, id)
  const versions = await summarizeVersions(scope, id)
  return { ...showTemplate(template), versions: versions.map(showVersion) }
}

/** The latest, the newest first, without reading what is long of them. */
async function summarizeVersions({ db, tenantId }: Reading, id: string): Promise<VersionSummary[]> {
  return db.$queryRaw<VersionSummary[]>`
    SELECT version, content ->> 'format' AS format, content ->> 'default_locale' AS default_locale,
      (content ->> 'strict')::boolean AS strict, created_at AS "createdAt",
      ARRAY(SELECT locale FROM jsonb_object_keys(content -> 'texts') locale ORDER BY locale COLLATE "C") AS locales
    FROM template_versions
    WHERE tenant_id = ${tenantId}::uuid AND template_id = ${id}::uuid
    ORDER BY version DESC LIMIT ${versionsShownMax}`
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
