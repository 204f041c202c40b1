import {
  type AskedQuestion,
  type DeliveryOfBot,
  findDeliveryOfMessage,
  findEndedQuestionOfMessage,
  findQuestionOfMessage,
} from '@tellwire/db'
import {
  answerAction,
  answerQuestion,
  type AskedOptions,
  type CallbackReference,
  cutText,
  findAnswerOf,
  findContent,
  isSignatureOf,
  fullName,
  personName,
} from '@tellwire/domain'
import type { CallbackQuery, Message, User } from '@tellwire/telegram'
import { chooseLanguage, speak } from '@tellwire/texts'
import { describePerson } from './describe-person.js'
import { answeredIn, textOf } from './message.js'
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

/** @returns what to tell the person who pressed: that it is noted, or what counts instead; undefined where it is none of the question's. */
export async function answerByPress(
  scope: UpdateScope,
  { delivery, asked, outcome, reference, query: { from } }: PressedAnswer,
): Promise<string | undefined> {
  const { tenantId, notificationId: id, userId, connectionId } = delivery
  const option = asked.options?.[reference.index]
  if (!option || connectionId === null) return undefined
  if (!isSignatureOf(scope.sealer, reference, { action: answerAction, value: option.id })) return undefined
  const tellLate = (ended: string) => cutText(sayLate(from, ended), toastLengthMax)
  if (outcome !== undefined) return tellLate(outcome)
  const name = fullName(from)
  const person = describePerson(from)
  const given = { tenantId, id, asked, connectionId, userId, name, from: person, option, text: undefined }
  if ((await answerQuestion(scope, given)) !== 'late') return cutText(`✓ ${option.text}`, toastLengthMax)
  const ended = (await findContent(scope.db, given)).options.outcome
  if (ended !== undefined) return tellLate(ended)
  // Where everybody is to answer it has been answered in this chat.
  const before = await findAnswerOf(scope.db, given)
  return before === undefined ? speakTo(from).say('press_gone') : cutText(before, toastLengthMax)
}

const speakTo = (person: User | undefined) => speak(chooseLanguage(null, person?.language_code))

/** @param ended what counts instead. */
const sayLate = (person: User | undefined, ended: string): string => `${speakTo(person).say('answer_late')} ${ended}`

/** Takes a message for the answer to the question that it replies to; whoever is too late is told what counts. @returns whether it is one. */
export async function answerByReply(scope: UpdateScope, message: Message): Promise<boolean> {
  const { chat, from } = message
  const replied = answeredIn(message)
  const text = textOf(message)
  if (replied?.from?.is_bot !== true || text === '') return false
  const question = await findQuestion(scope, { chatId: BigInt(chat.id), replied })
  const { question: asked, outcome } = question ? (await findContent(scope.db, question)).options : {}
  if (!question || !asked?.free_text) return false
  const answer = (text: string) =>
    reply(scope, { chatId: chat.id, forumTopic: undefined }, { text, repliesTo: message.message_id })
  const tellLate = async (ended: string) => {
    await answer(sayLate(from, ended))
    return false
  }
  if (outcome !== undefined) return tellLate(outcome)
  const result = await answerQuestion(scope, {
    ...question,
    asked,
    name: personName({ from, chat }),
    from: describePerson(from),
    option: undefined,
    text,
  })
  if (result === 'late') {
    const { options } = await findContent(scope.db, question)
    return tellLate(options.outcome ?? (await findAnswerOf(scope.db, question)) ?? '')
  }
  await answer('✓')
  return true
}

/** The question that a message of the bot asks, or another notification that it is; and who was asked there. */
async function findQuestion(
  { db, botId }: UpdateScope,
  { chatId, replied }: { chatId: bigint; replied: Message },
): Promise<AskedQuestion | undefined> {
  const about = { botId, chatId, messageId: replied.message_id }
  const sent = await findDeliveryOfMessage(db, { ...about, sentAt: new Date(replied.date * 1_000) })
  if (!sent) return (await findQuestionOfMessage(db, about)) ?? findEndedQuestionOfMessage(db, about)
  const { tenantId, notificationId: id, connectionId, userId } = sent
  return connectionId === null ? undefined : { tenantId, id, connectionId, userId }
}
