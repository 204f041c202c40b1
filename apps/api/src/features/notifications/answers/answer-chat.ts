import { inTransaction, keepInboxAnswer, markRead } from '@tellwire/db'
import { showId } from '@tellwire/domain'
import type { TenantRequestScope } from '../../../context.js'
import { notFound, refusal } from '../../../errors.js'
import { parseId } from '../../../http/ids.js'
import { accept, type Accepted, orSentTwice } from '../accept.js'
import type { NewAnswer } from './schemas.js'

/**
 * Answers in a chat: sends a notification to it, before everything else that waits. What it answers is read then.
 * @throws `not_found`, and why it cannot be sent.
 */
export async function answerChat(scope: TenantRequestScope, connectionId: string, input: NewAnswer): Promise<Accepted> {
  const { tenantId, gates } = scope
  const upTo = await gates.statements.pass(tenantId, () => findAnswered(scope, connectionId, input))
  const accepted = await accept(scope, [{ input: toNotification(connectionId, input) }], false)
  const [outcome] = accepted.outcomes
  if (!outcome || outcome instanceof Error) return accepted
  const keep = () =>
    inTransaction(scope, async ({ db }) => {
      await keepInboxAnswer(db, { tenantId, notificationId: outcome.id, connectionId })
      if (upTo !== undefined) await markRead(db, { tenantId, connectionId, upTo, isOnlyLess: true })
    })
  await gates.statements.pass(tenantId, keep).catch(orSentTwice(scope, outcome.id))
  return accepted
}

/** @returns the id of the message that is answered. @throws `not_found`, `reply_target_unknown` */
async function findAnswered(
  { db, tenantId }: TenantRequestScope,
  connectionId: string,
  { reply_to: given }: NewAnswer,
): Promise<string | undefined> {
  const isKnown = (await db.connection.count({ where: { tenantId, id: connectionId } })) > 0
  if (!isKnown) throw notFound('chat', '/id')
  if (given === undefined) return undefined
  const id = parseId('evt', given)
  if (id !== undefined && (await db.inboxMessage.count({ where: { tenantId, id, connectionId } })) > 0) return id
  throw refusal('reply_target_unknown', 'There is no such message in this chat.', {
    pointer: '/reply_to',
    detail: 'is no message of this chat',
  })
}

function toNotification(connectionId: string, input: NewAnswer) {
  return {
    ...input,
    to: { connection_id: showId('con', connectionId) },
    priority: 'high' as const,
    on_unknown: 'resend' as const,
    if_not_connected: 'fail' as const,
  }
}
