import {
  deliveryIdsOf,
  type InTransaction,
  type PersonData,
  readObject,
  toJsonColumn,
  type Transaction,
} from '@tellwire/db'
import type { SystemScope } from '../scope.js'
import { endQuestion } from './end-question.js'
import { findAnswersTo, withoutNames } from './given-answers.js'
import { openQuestion } from './open-question.js'
import { showAnswer, showAnswers } from './show-answers.js'
import type { AskedOptions, NamedAnswer, QuestionAnswer, QuestionKey } from './question.js'

/** An answer that somebody gives. */
export interface GivenAnswer extends QuestionKey {
  asked: AskedOptions
  connectionId: string
  userId: string
  /** The name of who gives it, for everybody in the chats. */
  name: string
  from: PersonData | null
  option: { id: string; text: string } | undefined
  text: string | undefined
}

/** An answer counts, or counts as one of several, or came too late. */
export type AnswerResult = 'counts' | 'recorded' | 'late'

/** Takes an answer. However many people answer at one moment, in however many chats, exactly one counts; or one of each chat. */
export async function answerQuestion(scope: InTransaction<SystemScope>, given: GivenAnswer): Promise<AnswerResult> {
  const { db } = scope
  const { tenantId, id, connectionId, userId, name, from, option, text } = given
  // Whoever asked may have died before that.
  await openQuestion(db, given, given.asked)
  // Whoever comes second waits here, and sees what the first has done.
  await db.$executeRaw`SELECT FROM questions WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  const question = await db.question.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (question?.status !== 'open' || question.expiresAt <= new Date()) return 'late'
  // Its buttons may stand in a chat that has been disconnected since.
  if ((await db.connection.count({ where: { tenantId, id: connectionId, status: 'active' } })) === 0) return 'late'
  const answer: QuestionAnswer = {
    option: option?.id ?? null,
    text: text ?? option?.text ?? null,
    user_id: userId,
    connection_id: connectionId,
    answered_at: new Date().toISOString(),
    from,
  }
  if (question.quorum === 'first') {
    const ended = await endQuestion(scope, given, { status: 'answered', answer, outcome: showAnswer(answer, name) })
    return ended ? 'counts' : 'late'
  }
  const { count } = await db.questionAnswer.createMany({
    data: [{ tenantId, questionId: id, connectionId, answer: toJsonColumn({ ...answer, name }) }],
    skipDuplicates: true,
  })
  if (count === 0) return 'late'
  return (await endIfAllAnswered(scope, given)) ? 'counts' : 'recorded'
}

/** Finds what was answered in one of the chats of a question that everybody is to answer, as its message says it. */
export async function findAnswerOf(
  db: Transaction,
  { tenantId, id: questionId, connectionId }: QuestionKey & { connectionId: string },
): Promise<string | undefined> {
  const where = { tenantId_questionId_connectionId: { tenantId, questionId, connectionId } }
  const kept = await db.questionAnswer.findUnique({ where })
  if (!kept) return undefined
  // As it was kept when it was given.
  const answer = readObject(kept.answer) as unknown as NamedAnswer
  return showAnswer(answer, answer.name)
}

/** Ends a question that everybody is to answer, once all have. @returns whether it was ended. */
async function endIfAllAnswered(scope: InTransaction<SystemScope>, key: QuestionKey): Promise<boolean> {
  const { db } = scope
  const all = await findAnswersTo(db, key)
  const answered = all.map(({ connection_id: connectionId }) => connectionId)
  if (all.length === 0 || (await isAnybodyMissing(scope, key, answered))) return false
  return endQuestion(scope, key, {
    status: 'answered',
    answer: withoutNames(all),
    outcome: showAnswers(all),
  })
}

/** Whether it was sent to somebody, or is to be, who has not answered: also to one who no longer can. */
async function isAnybodyMissing(
  { db }: InTransaction<SystemScope>,
  { tenantId, id }: QuestionKey,
  answered: readonly string[],
): Promise<boolean> {
  const ofQuestion = { tenantId, notificationId: id, id: deliveryIdsOf({ id, broadcast: null }) }
  const missing = await db.delivery.findFirst({
    where: { ...ofQuestion, OR: [{ connectionId: null }, { connectionId: { notIn: [...answered] } }] },
    select: { id: true },
  })
  return missing !== null
}
