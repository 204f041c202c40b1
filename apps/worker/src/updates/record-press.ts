import { findDeliveryOfBot } from '@tellwire/db'
import { isSignatureOf, readCallbackData, readContent, recordEvents } from '@tellwire/domain'
import type { CallbackQuery } from '@tellwire/telegram'
import type { UpdateScope } from './scope.js'

/**
 * Tells a tenant of a press on a button of a notification, with the value that the button had. The data alone say which
 * delivery it is: they are signed, and Telegram may leave the message out.
 */
export async function recordPress(
  { db, botId, sealer }: UpdateScope,
  { data, message, from }: CallbackQuery,
): Promise<undefined> {
  const reference = readCallbackData(data ?? '')
  if (!reference) return
  const delivery = await findDeliveryOfBot(db, botId, reference.deliveryId)
  if (!delivery || (message && !(await isInChat({ db, botId }, delivery.chatId, BigInt(message.chat.id))))) return
  const { tenantId, notificationId, userId, connectionId } = delivery
  const content = await db.notificationContent.findUnique({
    where: { tenantId_notificationId: { tenantId, notificationId } },
  })
  const { buttons = [] } = readContent(content).options
  const button = buttons.flat()[reference.index]
  // A message that was edited meanwhile may have other buttons in the places of those that are pressed.
  if (!button || !('action' in button) || !isSignatureOf(sealer, reference, { ...button, value: button.value })) return
  await recordEvents(db, [
    {
      tenantId,
      type: 'button.pressed',
      data: {
        notification_id: notificationId,
        delivery_id: delivery.id,
        connection_id: connectionId,
        user_id: userId,
        action: button.action,
        value: button.value ?? null,
        pressed_by: String(from.id),
      },
    },
  ])
}

/** Whether the chat that a delivery went to is the one with this id, or a group that became it. */
async function isInChat(
  { db, botId }: Pick<UpdateScope, 'db' | 'botId'>,
  sentTo: bigint | null,
  chatId: bigint,
): Promise<boolean> {
  if (sentTo === null || sentTo === chatId) return sentTo === chatId
  const former = await db.chat.findUnique({
    where: { botId_chatId: { botId, chatId: sentTo } },
    select: { migratedToChatId: true },
  })
  return former?.migratedToChatId === chatId
}
