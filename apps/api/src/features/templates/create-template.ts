import { type InTransaction, newId } from '@tellwire/db'
import { findKept, type TenantScope, writeTemplateContent } from '@tellwire/domain'
import type { TenantRequestScope } from '../../context.js'
import { ApiError } from '../../errors.js'
import { answerOnce } from '../../http/answer.js'
import { type Adding, assertRoom } from '../../limits/tenant-quotas.js'
import { getTemplate } from './get-template.js'
import { notePublished } from './note-published.js'
import { readTemplateContent } from './read-template-content.js'
import type { NewTemplate } from './schemas.js'

/** Reads what is posted before a transaction begins, since that may take its time. @throws `template_invalid` or `template_name_taken`. */
export async function createTemplate(scope: TenantRequestScope, input: NewTemplate) {
  const kept = await findKept(scope)
  const content = kept ? undefined : await readTemplateContent(scope, input)
  return answerOnce(
    scope,
    // An answer that was kept may be forgotten at this moment.
    async (scope) => store(scope, input, content ?? (await readTemplateContent(scope, input))),
    { status: 201, locationOf: ({ id }) => `/v1/templates/${id}` },
  )
}

async function store(
  scope: InTransaction<Adding>,
  input: NewTemplate,
  content: Awaited<ReturnType<typeof readTemplateContent>>,
) {
  const { db, tenantId } = scope
  await assertNameIsFree(scope, input.name)
  await assertRoom(scope, 'templates')
  const id = newId()
  await db.template.create({
    data: { tenantId, id, name: input.name, publishedVersion: input.publish ? 1 : null },
  })
  await db.templateVersion.create({
    data: { tenantId, templateId: id, version: 1, content: writeTemplateContent(content) },
  })
  if (input.publish) await notePublished(scope, id, { before: null, after: 1 })
  return getTemplate(scope, id)
}

/** Of two that want a name at the same moment, one waits here for the other. */
export async function assertNameIsFree({ db, tenantId }: InTransaction<TenantScope>, name: string): Promise<void> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`template ${tenantId} ${name}`}, 0))`
  if ((await db.template.count({ where: { tenantId, name, deletedAt: null } })) === 0) return
  throw new ApiError('template_name_taken', 'There is a template of this name already.', {
    errors: [{ pointer: '/name', code: 'template_name_taken', detail: 'is the name of another template' }],
  })
}
