import { readObject } from '@tellwire/db'
import { renderTemplate, TemplateError, type TenantScope } from '@tellwire/domain'
import { refusal } from '../errors.js'
import { assertVariables } from './check-variables.js'
import { findTemplate, type FoundTemplate, type GivenTemplate } from './find-template.js'

/** Users whose attributes are looked at before a notification is accepted; those of more when it is sent. */
const usersCheckedMax = 20

/** @throws `template_unknown`, `template_unpublished` or `variables_invalid`. */
export async function readTemplateUse(
  scope: TenantScope,
  given: GivenTemplate,
  userIds: readonly string[],
): Promise<FoundTemplate> {
  const found = await findTemplate(scope, given)
  assertVariables(found.content, given.variables, '/template/variables')
  if (found.content.strict && userIds.length > 0) await assertStrict(scope, found, userIds)
  return found
}

async function assertStrict(
  { db, tenantId }: TenantScope,
  { content, use }: FoundTemplate,
  userIds: readonly string[],
): Promise<void> {
  const users = await db.user.findMany({
    where: { tenantId, userId: { in: userIds.slice(0, usersCheckedMax) } },
    select: { userId: true, attributes: true, locale: true },
  })
  for (const { userId, attributes, locale } of users) {
    try {
      renderTemplate(content, use.variables, {
        userId,
        attributes: readObject(attributes),
        locales: [use.locale, locale],
      })
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error
      throw refusal('variables_invalid', `The template needs more for ${userId}: ${error.message}.`, {
        pointer: `/template/variables/${error.missing[0] ?? ''}`,
        detail: `is not given, and is no attribute of ${userId}`,
      })
    }
  }
}
