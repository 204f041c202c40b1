import { isSignatureOf, type MessageOptions, readCallbackData, recordEvents } from '@tellwire/domain'
import type { CallbackQuery } from '@tellwire/telegram'
import type { Handled, UpdateContext } from './context.js'

/**
 * A press on a button of a notification: its tenant is told, with the value that the button had. A press on
 * anything else is answered all the same, so that the person's button does not wait.
 */
export async function handleCallbackQuery(ctx: UpdateContext, query: CallbackQuery): Promise<Handled> {
  await noteButton(ctx, query)
  return { hasReply: false, answersQuery: query.id }
}

async function noteButton({ db, botId, sealer }: UpdateContext, { data, message, from }: CallbackQuery): Promise<void> {
  const reference = readCallbackData(data ?? '')
  if (!reference || !message) return
  const chatId = BigInt(message.chat.id)
  const connections = await db.connection.findMany({ where: { botId, chatId }, select: { tenantId: true } })
  // By its key in the tenants that the chat is connected to: never another's.
  const delivery = await db.delivery.findFirst({
    where: {
      tenantId: { in: connections.map((connection) => connection.tenantId) },
      id: reference.deliveryId,
      botId,
      chatId,
    },
    select: { tenantId: true, id: true, notificationId: true, userId: true, connectionId: true },
  })
  if (!delivery) return
  const { tenantId, notificationId, userId, connectionId } = delivery
  const content = await db.notificationContent.findUnique({
    where: { tenantId_notificationId: { tenantId, notificationId } },
  })
  const { buttons = [] } = (content?.message ?? {}) as MessageOptions
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
