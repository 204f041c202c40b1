import { type DeliveryOfBot, findDeliveryOfBot, type LeftButtons, Prisma } from '@tellwire/db'
import { type AfterPress, findContent, isSignatureOf, readCallbackData, recordEvents } from '@tellwire/domain'
import type { CallbackQuery } from '@tellwire/telegram'
import { chooseLanguage, speak } from '@tellwire/texts'
import { changeThreadButtons } from '../compose/stored-thread.js'
import { answerByPress } from './answer-question.js'
import { describePerson } from './describe-person.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

/**
 * Tells a tenant of a press on a button of a notification, with the value that the button had, and does with the buttons what
 * the message says. The data alone say which delivery it is: they are signed, and Telegram may leave the message out.
 * @returns what to tell the person who pressed; undefined for nothing.
 */
export async function recordPress(scope: UpdateScope, query: CallbackQuery): Promise<string | undefined> {
  const { db, botId, sealer } = scope
  const { data, message, from } = query
  const reference = readCallbackData(data ?? '')
  if (!reference) return undefined
  // Telegram may leave the message out: then it is the private chat, or any.
  const find = (chatId: bigint | undefined) => findDeliveryOfBot(db, { botId, id: reference.deliveryId, chatId })
  const delivery = (await find(BigInt(message?.chat.id ?? from.id))) ?? (message ? undefined : await find(undefined))
  if (!delivery || (message && !(await isInChat(scope, delivery.chatId, BigInt(message.chat.id))))) return undefined
  const { tenantId, notificationId, userId, connectionId } = delivery
  const { options } = await findContent(db, { tenantId, id: notificationId })
  const { buttons = [], after_press: afterPress = 'keep', question: asked, outcome } = options
  if (asked) return answerByPress(scope, { delivery, asked, outcome, reference, query })
  const button = buttons.flat()[reference.index]
  // A message that was edited meanwhile may have other buttons in the places of those that are pressed.
  if (!button || !('action' in button) || !isSignatureOf(sealer, reference, { ...button, value: button.value })) {
    return undefined
  }
  const pressed = { delivery, query, label: button.text, afterPress }
  // Of those who press at one moment one comes first, where a press changes the buttons.
  if (afterPress !== 'keep' && !(await leaveButtons(scope, pressed))) {
    return speak(chooseLanguage(null, from.language_code)).say('press_gone')
  }
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
        from: describePerson(from),
      },
    },
  ])
  if (afterPress !== 'keep') await changeButtons(scope, pressed)
  return button.answer ?? `✓ ${button.text}`
}

interface Pressed {
  delivery: DeliveryOfBot
  query: CallbackQuery
  label: string
  afterPress: AfterPress
}

/** The rows of buttons that stay. Pressed once more it does nothing: its data are those of no button of the message's. */
function leftOf({ query: { data = '' }, label, afterPress }: Pressed): LeftButtons {
  return afterPress === 'replace' ? [[{ text: `✓ ${label}`, data: `~${data.slice(1)}` }]] : []
}

/** Writes down what a press has left, for edits that come later. @returns false where another press was first. */
async function leaveButtons({ db }: UpdateScope, pressed: Pressed): Promise<boolean> {
  const { tenantId, id } = pressed.delivery
  const { count } = await db.delivery.updateMany({
    where: { tenantId, id, leftButtons: { equals: Prisma.DbNull } },
    data: { leftButtons: leftOf(pressed) },
  })
  return count > 0
}

/** For everyone in the chat: what was pressed cannot be pressed again. */
async function changeButtons(scope: UpdateScope, pressed: Pressed): Promise<void> {
  const { delivery, query, afterPress } = pressed
  const { message } = query
  // Buttons stand below the last message of several.
  const messageId = message?.message_id ?? delivery.messageIds.at(-1)
  const chatId = message?.chat.id ?? Number(delivery.chatId)
  if (messageId === undefined) return
  const { tenantId } = delivery
  const { db, botId } = scope
  await changeThreadButtons(db, { tenantId, botId, chatId: BigInt(chatId), messageId }, leftOf(pressed))
  await reply(
    scope,
    { chatId, editsMessageId: messageId },
    {
      text: '',
      isButtonsOnly: true,
      isNeeded: true,
      tenantId,
      ...(afterPress === 'replace' ? { buttons: leftOf(pressed) } : {}),
    },
  )
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
