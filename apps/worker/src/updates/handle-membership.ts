import { endConnections } from '@tellwire/domain'
import type { ChatMemberUpdated } from '@tellwire/telegram'
import { recordChat } from './record-chat.js'
import { restoreBlocked } from './restore-blocked.js'
import { asPerson, type UpdateScope } from './scope.js'

/** Handles that a person blocked or unblocked the bot, or added it to a group or channel or removed it. */
export async function handleMembership(given: UpdateScope, change: ChatMemberUpdated): Promise<void> {
  const scope = asPerson(given, change.from)
  const { chat, new_chat_member: member } = change
  const isLatest = await recordChat(scope, chat, change.from, change.date)
  if (!isLatest) return

  const key = { botId: scope.botId, chatId: BigInt(chat.id) }
  const isIn =
    member.status !== 'left' && member.status !== 'kicked' && (member.status !== 'restricted' || member.is_member)
  if (isIn) {
    await restoreBlocked(scope, key, { isGroup: chat.type !== 'private' })
  } else if (chat.type === 'private') {
    await scope.db.chat.update({ where: { botId_chatId: key }, data: { blockedAt: new Date(change.date * 1_000) } })
    await endConnections(scope, key, { status: 'blocked', reason: 'person_blocked' })
  } else {
    await endConnections(scope, key, { status: 'gone', reason: 'bot_removed' })
  }
}
