import { botRemoved, type ConnectionEnd, endConnections, type NewEvent, recordEvents } from '@tellwire/domain'
import type { ChatMember, ChatMemberUpdated } from '@tellwire/telegram'
import { isLatestOfMembership, recordChat } from './record-chat.js'
import { restoreBlocked } from './restore-blocked.js'
import { asPerson, type UpdateScope } from './scope.js'

/**
 * Handles that a person blocked or unblocked the bot, or that somebody added it to a group or channel, removed it, or
 * changed what it may do there.
 */
export async function handleMembership(given: UpdateScope, change: ChatMemberUpdated): Promise<void> {
  const scope = asPerson(given, change.from)
  const { chat, new_chat_member: member } = change
  await recordChat(scope, chat, change.from)
  if (!(await isLatestOfMembership(scope, chat, change.date))) return

  const key = { botId: scope.botId, chatId: BigInt(chat.id) }
  const end = endOf(chat.type, member)
  if (end === undefined) {
    await restoreBlocked(scope, key)
  } else {
    if (end.status === 'blocked') {
      await scope.db.chat.update({ where: { botId_chatId: key }, data: { blockedAt: new Date(change.date * 1_000) } })
    }
    await endConnections(scope, key, end)
  }
  if (chat.type !== 'private') await recordAdministrator(scope, key, member.status === 'administrator')
}

/** Why the bot cannot write in a chat; undefined where it can. */
function endOf(chatType: string, member: ChatMember): ConnectionEnd | undefined {
  const isIn =
    member.status !== 'left' && member.status !== 'kicked' && (member.status !== 'restricted' || member.is_member)
  if (!isIn) {
    return chatType === 'private'
      ? { status: 'blocked', reason: 'person_blocked' }
      : { status: 'gone', reason: botRemoved }
  }
  const mayWrite =
    chatType === 'channel'
      ? member.status === 'creator' || (member.status === 'administrator' && member.can_post_messages === true)
      : member.status !== 'restricted' || member.can_send_messages
  return mayWrite ? undefined : { status: 'blocked', reason: 'rights_lost' }
}

/** Tells the tenants of a chat when the bot became its administrator, or is it no more. */
async function recordAdministrator(
  { db }: UpdateScope,
  key: { botId: string; chatId: bigint },
  isAdministrator: boolean,
): Promise<void> {
  const { count } = await db.chat.updateMany({
    where: { ...key, isAdministrator: !isAdministrator },
    data: { isAdministrator },
  })
  if (count === 0) return
  const connections = await db.connection.findMany({
    where: { ...key, status: { in: ['active', 'blocked'] } },
    select: { tenantId: true, userId: true, id: true },
  })
  await recordEvents(
    db,
    connections.map(({ tenantId, userId, id }): NewEvent => ({
      tenantId,
      type: isAdministrator ? 'chat.promoted' : 'chat.demoted',
      data: { user_id: userId, connection_id: id },
    })),
  )
}
