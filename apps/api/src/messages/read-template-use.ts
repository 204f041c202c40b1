import { readObject } from '@tellwire/db'
import { refusal } from '../errors.js'
import { escapePointer } from '../http/validation.js'
import { assertVariables } from './check-variables.js'
import { findTemplate, type FoundTemplate, type GivenTemplate } from './find-template.js'
import { onTemplate, type RenderingScope } from './render-given.js'

/** Users whose attributes are looked at before a notification is accepted; those of more when it is sent. */
const usersCheckedMax = 20

/** @throws `template_unknown`, `template_unpublished` or `variables_invalid`. */
export async function readTemplateUse(
  scope: RenderingScope,
  given: GivenTemplate,
  userIds: readonly string[],
): Promise<FoundTemplate> {
  const found = await findTemplate(scope, given)
  assertVariables(found.content, given.variables, '/template/variables')
  if (found.content.strict && userIds.length > 0) await assertStrict(scope, found, userIds)
  return found
}

async function assertStrict(
  { db, tenantId, boundedWork }: RenderingScope,
  { content, use }: FoundTemplate,
  userIds: readonly string[],
): Promise<void> {
  const users = await db.user.findMany({
    where: { tenantId, userId: { in: userIds.slice(0, usersCheckedMax) } },
    select: { userId: true, attributes: true, locale: true, timezone: true },
  })
  for (const { userId, attributes, locale, timezone } of users) {
    const reader = { userId, attributes: readObject(attributes), locales: [use.locale, locale], timezone }
    const rendered = boundedWork.run(tenantId, 'renderTemplate', { content, variables: use.variables, reader })
    await onTemplate(rendered, '/template', ({ message, missing: [missing] }) =>
      refusal('variables_invalid', `The template cannot be filled in for ${userId}: ${message}.`, {
        pointer: missing === undefined ? '/template/variables' : `/template/variables/${escapePointer(missing)}`,
        detail: missing === undefined ? message : `is not given, and is no attribute of ${userId}`,
      }),
    )
  }
}
