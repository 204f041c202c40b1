import type { MessageOptions, TenantScope } from '@tellwire/domain'
import { type ApiError, refusal } from '../errors.js'
import { parseId } from '../http/ids.js'

/**
 * Reads what a message answers: an earlier notification, or what a person wrote.
 * @throws `reply_target_unknown`. Whether it is of the same chat is seen when this one is sent.
 */
export async function readReplyTo(
  scope: TenantScope,
  given: string,
): Promise<Pick<MessageOptions, 'reply_to' | 'reply_to_message'>> {
  const { db, tenantId } = scope
  const notificationId = parseId('ntf', given)
  if (notificationId !== undefined && (await db.notification.count({ where: { tenantId, id: notificationId } })) > 0) {
    return { reply_to: notificationId }
  }
  const messageId = parseId('evt', given)
  const heard = messageId === undefined ? undefined : await findHeard(scope, messageId)
  if (heard) return { reply_to_message: heard }
  throw unknownTarget()
}

async function findHeard({ db, tenantId }: TenantScope, id: string): Promise<MessageOptions['reply_to_message']> {
  const message = await db.inboxMessage.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!message || message.messageId === null) return undefined
  return { id, connection_id: message.connectionId, message_id: Number(message.messageId) }
}

function unknownTarget(): ApiError {
  return refusal('reply_target_unknown', 'There is nothing like that to reply to.', {
    pointer: '/reply_to',
    detail: 'is neither a notification of yours nor a message of your inbox',
  })
}
