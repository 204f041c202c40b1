import { type InTransaction, markRead } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { refusal } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { findConnection } from './find-connection.js'
import type { ReadMark } from './schemas.js'

/**
 * Marks a chat as read, whole or up to a message. @returns what is left to read.
 * @throws `not_found`, and `invalid_request` for what is no message of the chat.
 */
export async function markChatRead(
  scope: InTransaction<TenantScope>,
  connectionId: string,
  { up_to: given }: ReadMark,
): Promise<{ unread: number }> {
  const { db, tenantId } = scope
  await findConnection(scope, connectionId)
  const upTo = given === undefined ? undefined : await readMessage(scope, connectionId, given)
  return { unread: await markRead(db, { tenantId, connectionId, upTo }) }
}

async function readMessage(
  { db, tenantId }: InTransaction<TenantScope>,
  connectionId: string,
  given: string,
): Promise<string> {
  const id = parseId('evt', given)
  if (id !== undefined && (await db.inboxMessage.count({ where: { tenantId, id, connectionId } })) > 0) return id
  throw refusal('invalid_request', 'A chat is read up to one of its messages.', {
    pointer: '/up_to',
    detail: 'is no message of this chat',
  })
}
