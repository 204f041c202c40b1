import {
  cancelDeliveries,
  deliveryIdsOf,
  enqueueReply,
  type InTransaction,
  queueEdits,
  readObject,
  toJsonColumn,
} from '@tellwire/db'
import { DeliveriesWithdrawn, DrainLane, QuestionEnded } from '@tellwire/jobs'
import { recordAudit } from '../audit/record-audit.js'
import { showId } from '../ids.js'
import { type NewEvent, recordEvents } from '../events/record-events.js'
import type { MessageOptions } from '../messages/message.js'
import { findContent } from '../messages/stored-content.js'
import { type SystemScope, tellAfterCommit, wakeAfterCommit } from '../scope.js'
import { findAnswersTo, withoutNames } from './given-answers.js'
import { showAnswers } from './show-answers.js'
import type { AskedOptions, NamedAnswer, QuestionAnswer, QuestionKey } from './question.js'

/** Answers of ours that may wait in a chat. */
const waitingMax = 20

/** How a question ends; `outcome` is what its messages say then. */
export type QuestionEnd =
  | { status: 'answered'; answer: QuestionAnswer | QuestionAnswer[]; outcome: string }
  | { status: 'expired' }
  | { status: 'cancelled' }
  | { status: 'failed'; reason: string }

/**
 * Ends a question, once: of everybody who does so at one moment one comes first. Its messages lose their buttons and say what
 * came of it, in all of its chats; what was not sent yet is not sent any more; the tenant is told.
 * @returns false where it had ended before.
 */
export async function endQuestion(
  scope: InTransaction<SystemScope>,
  key: QuestionKey,
  end: QuestionEnd,
): Promise<boolean> {
  const { db } = scope
  const { tenantId, id } = key
  // Whoever answers at this moment is waited for: what was given by then is known.
  await db.$executeRaw`SELECT FROM questions WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  const given = end.status === 'answered' ? [] : await findAnswersTo(db, key)
  const [question] = await db.question.updateManyAndReturn({
    where: { tenantId, id, status: 'open' },
    data: {
      status: end.status,
      endedAt: new Date(),
      answer: toJsonColumn(end.status === 'answered' ? end.answer : withoutNames(given)),
      ...(end.status === 'failed' ? { failure: end.reason } : {}),
    },
  })
  if (!question) return false
  await recordEvents(db, [toEvent(key, end, question.defaultOption)])
  await recordAudit(scope, {
    tenantId,
    action: `question.${end.status}`,
    object: { type: 'question', id: showId('qst', id) },
    after: describeEnd(end, { given, defaultOption: question.defaultOption }),
  })
  await cancelDeliveries(db, tenantId, id)
  tellAfterCommit(scope, DeliveriesWithdrawn, id)
  await showOutcome(scope, key, end, given)
  tellAfterCommit(scope, QuestionEnded, id)
  return true
}

/** How it ended and who had answered by then, for the audit: of the person Telegram's id. */
function describeEnd(
  end: QuestionEnd,
  { given, defaultOption }: { given: readonly NamedAnswer[]; defaultOption: string | null },
): object {
  const answers = end.status === 'answered' ? answersOf(end.answer) : withoutNames(given)
  return {
    ...(end.status === 'expired' ? { default: defaultOption } : {}),
    ...(end.status === 'failed' ? { reason: end.reason } : {}),
    answers: answers.map(({ from, connection_id: connectionId, ...answer }) => ({
      ...answer,
      connection_id: showId('con', connectionId),
      from_id: from?.id ?? null,
    })),
  }
}

function toEvent({ tenantId, id }: QuestionKey, end: QuestionEnd, defaultOption: string | null): NewEvent {
  const question = { question_id: id }
  switch (end.status) {
    case 'answered':
      return { tenantId, type: 'question.answered', data: { ...question, answers: answersOf(end.answer) } }
    case 'expired':
      return { tenantId, type: 'question.expired', data: { ...question, default: defaultOption } }
    case 'cancelled':
      return { tenantId, type: 'question.cancelled', data: question }
    case 'failed':
      return { tenantId, type: 'question.failed', data: { ...question, reason: end.reason } }
  }
}

/** @param given the answers of those who have answered, where not all have. */
async function showOutcome(
  scope: InTransaction<SystemScope>,
  key: QuestionKey,
  end: QuestionEnd,
  given: readonly NamedAnswer[],
): Promise<void> {
  const { db } = scope
  const { tenantId, id } = key
  const { buttons: _, question, ...options } = (await findContent(db, key)).options
  if (!question) return
  const outcome = [tellOutcome(question, end), ...(given.length > 0 ? [showAnswers(given)] : [])].join('\n')
  const ended: MessageOptions = { ...options, question, outcome }
  await db.notificationContent.update({
    where: { tenantId_notificationId: { tenantId, notificationId: id } },
    data: { options: toJsonColumn(readObject(ended)), editedAt: new Date() },
  })
  // Telegram edits no message that opens an answer.
  if (question.free_text) return sayOutcome(scope, key, outcome, answeredIn(question, end))
  const { botIds } = await queueEdits(db, tenantId, id, {
    type: 'edit',
    has_new_media: false,
    has_new_buttons: true,
  })
  for (const botId of botIds) wakeAfterCommit(scope, DrainLane, { botId })
}

/** Says the outcome below the messages of a question, but for the chat in which it was answered. */
async function sayOutcome(
  scope: InTransaction<SystemScope>,
  { tenantId, id }: QuestionKey,
  text: string,
  answeredIn: string | undefined,
): Promise<void> {
  const { db } = scope
  const deliveries = await db.delivery.findMany({
    where: { tenantId, notificationId: id, id: deliveryIdsOf({ id, broadcast: null }), status: 'sent' },
    select: { botId: true, chatId: true, connectionId: true, telegramMessageIds: true, edit: true },
  })
  const connected = await db.connection.findMany({
    where: { tenantId, id: { in: deliveries.flatMap(({ connectionId }) => connectionId ?? []) }, status: 'active' },
    select: { id: true, chatId: true },
  })
  for (const { botId, chatId: sentTo, connectionId, telegramMessageIds, edit } of deliveries) {
    // Who has stopped since, or has the question no more, is told nothing more.
    const chatId = connected.find(({ id }) => id === connectionId)?.chatId
    const isTakenBack = edit !== null && readObject(edit)['type'] === 'delete'
    if (botId === null || chatId === undefined || connectionId === answeredIn || isTakenBack) continue
    const body = { text, ...(chatId === sentTo ? { repliesTo: Number(telegramMessageIds.at(-1)) } : {}) }
    await enqueueReply(db, { botId, chatId, tenantId, body }, waitingMax)
    wakeAfterCommit(scope, DrainLane, { botId })
  }
}

/** The connection by which the one answer came that counts; undefined where there are several, or none. */
function answeredIn({ quorum }: AskedOptions, end: QuestionEnd): string | undefined {
  return end.status === 'answered' && quorum === 'first' ? answersOf(end.answer)[0]?.connection_id : undefined
}

function answersOf(answer: QuestionAnswer | QuestionAnswer[]): QuestionAnswer[] {
  return Array.isArray(answer) ? answer : [answer]
}

/** In signs, as nobody knows which languages are spoken in its chats. */
function tellOutcome({ options = [], default: defaultOption }: AskedOptions, end: QuestionEnd): string {
  if (end.status === 'answered') return end.outcome
  if (end.status !== 'expired') return '✕'
  const option = options.find(({ id }) => id === defaultOption)
  return option ? `⌛ ${option.text}` : '⌛'
}
