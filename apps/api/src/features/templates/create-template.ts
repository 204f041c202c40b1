import { newId, Prisma } from '@tellwire/db'
import type { InTransaction, TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { getTemplate } from './get-template.js'
import { readTemplateContent } from './read-template-content.js'
import type { NewTemplate } from './schemas.js'

/** @throws `template_invalid` or `template_name_taken`. */
export async function createTemplate(ctx: InTransaction<TenantContext>, input: NewTemplate) {
  const { db, tenantId } = ctx
  const content = readTemplateContent(input)
  await assertNameIsFree(ctx, input.name)
  const id = newId()
  await db.template.create({
    data: { tenantId, id, name: input.name, publishedVersion: input.publish ? 1 : null },
  })
  await db.templateVersion.create({
    data: { tenantId, templateId: id, version: 1, content: content as unknown as Prisma.InputJsonObject },
  })
  return getTemplate(ctx, id)
}

/** Of two that want a name at the same moment, one waits here for the other. */
export async function assertNameIsFree({ db, tenantId }: InTransaction<TenantContext>, name: string): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`template ${tenantId} ${name}`}, 0))`
  if ((await db.template.count({ where: { tenantId, name, deletedAt: null } })) === 0) return
  throw new ApiError('template_name_taken', 'There is a template of this name already.', {
    errors: [{ pointer: '/name', code: 'template_name_taken', detail: 'is the name of another template' }],
  })
}
