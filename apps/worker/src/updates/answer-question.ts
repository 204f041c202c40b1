import { type DeliveryOfBot, findEndedQuestionOfMessage, findQuestionOfMessage } from '@tellwire/db'
import {
  answerAction,
  answerQuestion,
  type AskedOptions,
  type CallbackReference,
  findContent,
  isSignatureOf,
  personName,
} from '@tellwire/domain'
import type { CallbackQuery, Message } from '@tellwire/telegram'
import { chooseLanguage, speak } from '@tellwire/texts'
import { textOf } from './message.js'
import { reply } from './reply.js'
import type { UpdateScope } from './scope.js'

interface PressedAnswer {
  delivery: DeliveryOfBot
  asked: AskedOptions
  /** As far as it is known before anything is locked: most who come too late need no more. */
  outcome: string | undefined
  reference: CallbackReference
  query: CallbackQuery
}

/** As much of a message as a pop-up of Telegram shows. */
const toastLengthMax = 190

/** @returns what to tell the person who pressed: that it is noted, or the answer that counts instead; undefined where this one does. */
export async function answerByPress(
  scope: UpdateScope,
  { delivery, asked, outcome, reference, query: { from } }: PressedAnswer,
): Promise<string | undefined> {
  const { tenantId, notificationId: id, userId, connectionId } = delivery
  const option = asked.options?.[reference.index]
  if (!option || connectionId === null) return undefined
  if (!isSignatureOf(scope.sealer, reference, { action: answerAction, value: option.id })) return undefined
  if (outcome !== undefined) return outcome.slice(0, toastLengthMax)
  const name = personName({ from, chat: { ...from, type: 'private' } })
  const given = { tenantId, id, asked, connectionId, userId, name, option, text: undefined }
  const result = await answerQuestion(scope, given)
  if (result === 'counts') return undefined
  const said = result === 'recorded' ? `✓ ${option.text}` : (await findContent(scope.db, given)).options.outcome
  return said?.slice(0, toastLengthMax) ?? speak(chooseLanguage(null, from.language_code)).say('press_gone')
}

/** Tells whoever answers too late which answer counts. */
async function tellOutcome(
  scope: UpdateScope,
  message: Message,
  about: { botId: string; chatId: bigint; messageId: number },
): Promise<void> {
  const question = await findEndedQuestionOfMessage(scope.db, about)
  const { outcome, question: asked } = question ? (await findContent(scope.db, question)).options : {}
  if (outcome === undefined || !asked?.free_text) return
  await reply(
    scope,
    { chatId: message.chat.id, forumTopic: undefined },
    { text: outcome, repliesTo: message.message_id },
  )
}

/** Takes a message for the answer to the question that it replies to. @returns whether it is one. */
export async function answerByReply(scope: UpdateScope, message: Message): Promise<boolean> {
  const { chat, from, reply_to_message: replied } = message
  const text = textOf(message)
  if (replied?.from?.is_bot !== true || text === '') return false
  const about = { botId: scope.botId, chatId: BigInt(chat.id), messageId: replied.message_id }
  const question = await findQuestionOfMessage(scope.db, about)
  if (!question) {
    await tellOutcome(scope, message, about)
    return false
  }
  const { question: asked } = (await findContent(scope.db, question)).options
  if (!asked?.free_text) return false
  const name = personName({ from, chat })
  const result = await answerQuestion(scope, { ...question, asked, name, option: undefined, text })
  if (result === 'late') return false
  await reply(scope, { chatId: chat.id, forumTopic: undefined }, { text: '✓', repliesTo: message.message_id })
  return true
}
