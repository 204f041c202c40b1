import { inTransaction, type InTransaction, type Transaction } from '@tellwire/db'
import { recordAudit, type TenantScope, writeTemplateContent } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { ApiError, notFound, refusal } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { assertNameIsFree } from './create-template.js'
import { findTemplate, getTemplate } from './get-template.js'
import { readTemplateContent } from './read-template-content.js'
import { notePublished } from './note-published.js'
import type { NewVersion } from './schemas.js'

/** Adds a version; the earlier ones stay as they are. */
export async function addVersion(scope: TenantScope & Needs<'boundedWork'>, id: string, input: NewVersion) {
  const content = await readTemplateContent(scope, input)
  return inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    await lockTemplate(db, tenantId, id)
    const template = await findTemplate(scope, id)
    if (input.name !== undefined && input.name !== template.name) await assertNameIsFree(scope, input.name)
    const version = template.latestVersion + 1
    await db.templateVersion.create({
      data: { tenantId, templateId: id, version, content: writeTemplateContent(content) },
    })
    await db.template.update({
      where: { tenantId_id: { tenantId, id } },
      data: {
        latestVersion: version,
        name: input.name ?? template.name,
        updatedAt: new Date(),
        ...(input.publish ? publish(template, version) : {}),
      },
    })
    if (input.publish) await notePublished(scope, id, { before: template.publishedVersion, after: version })
    return getTemplate(scope, id)
  })
}

/** Makes new notifications use this version from now on; without one, the latest. */
export async function publishTemplate(scope: InTransaction<TenantScope>, id: string, given: number | undefined) {
  return setPublished(scope, id, ({ latestVersion }) => given ?? latestVersion)
}

/** Goes back to the version that was published before, or to the one that is named. */
export async function rollBackTemplate(scope: InTransaction<TenantScope>, id: string, given: number | undefined) {
  return setPublished(scope, id, ({ previousVersion }) => {
    const version = given ?? previousVersion
    if (version === null) throw new ApiError('conflict', 'No other version was published before.')
    return version
  })
}

interface Published {
  publishedVersion: number | null
  previousVersion: number | null
  latestVersion: number
}

function publish({ publishedVersion }: Pick<Published, 'publishedVersion'>, version: number) {
  return { publishedVersion: version, ...(publishedVersion === version ? {} : { previousVersion: publishedVersion }) }
}

async function setPublished(scope: InTransaction<TenantScope>, id: string, choose: (template: Published) => number) {
  const { db, tenantId } = scope
  await lockTemplate(db, tenantId, id)
  const template = await findTemplate(scope, id)
  const version = choose(template)
  if (version > template.latestVersion) {
    throw refusal('template_unknown', 'The template has no such version.', {
      pointer: '/version',
      detail: 'is not a version of the template',
    })
  }
  await db.template.update({
    where: { tenantId_id: { tenantId, id } },
    data: { ...publish(template, version), updatedAt: new Date() },
  })
  await notePublished(scope, id, { before: template.publishedVersion, after: version })
  return getTemplate(scope, id)
}

/** Deletes a template. What was accepted keeps its version. */
export async function deleteTemplate(scope: TenantScope, id: string): Promise<void> {
  await inTransaction(scope, async (scope) => {
    const { db, tenantId } = scope
    const { name } = await findTemplate(scope, id)
    const { count } = await db.template.updateMany({
      where: { tenantId, id, deletedAt: null },
      data: { deletedAt: new Date() },
    })
    if (count === 0) throw notFound('template', '/id')
    const object = { type: 'template', id: showId('tpl', id) }
    await recordAudit(scope, { tenantId, action: 'template.deleted', object, before: { name } })
  })
}

/** Those who change a template come one after the other. */
async function lockTemplate(db: Transaction, tenantId: string, id: string): Promise<void> {
  await db.$executeRaw`SELECT FROM templates WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
}
