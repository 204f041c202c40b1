import { type InTransaction, readObject, toJsonColumn } from '@tellwire/db'
import type { SystemScope } from '../scope.js'
import { endQuestion } from './end-question.js'
import { openQuestion } from './open-question.js'
import type { AskedOptions, QuestionAnswer, QuestionKey } from './question.js'

/** An answer that somebody gives. */
export interface GivenAnswer extends QuestionKey {
  asked: AskedOptions
  connectionId: string
  userId: string
  /** The name of who gives it, for everybody in the chats. */
  name: string
  option: { id: string; text: string } | undefined
  text: string | undefined
}

/** An answer counts, or counts as one of several, or came too late. */
export type AnswerResult = 'counts' | 'recorded' | 'late'

/** Takes an answer. However many people answer at one moment, in however many chats, exactly one counts; or one of each chat. */
export async function answerQuestion(scope: InTransaction<SystemScope>, given: GivenAnswer): Promise<AnswerResult> {
  const { db } = scope
  const { tenantId, id, connectionId, userId, name, option, text } = given
  // Whoever asked may have died before that.
  await openQuestion(db, given, given.asked)
  // Whoever comes second waits here, and sees what the first has done.
  await db.$executeRaw`SELECT FROM questions WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  const question = await db.question.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (question?.status !== 'open' || question.expiresAt <= new Date()) return 'late'
  const answer: QuestionAnswer = {
    option: option?.id ?? null,
    text: text ?? option?.text ?? null,
    user_id: userId,
    connection_id: connectionId,
    answered_at: new Date().toISOString(),
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
  const kept = await db.questionAnswer.findMany({
    where: { tenantId, questionId: id },
    orderBy: { answeredAt: 'asc' },
  })
  if (kept.length < (await countAsked(scope, given))) return 'recorded'
  // As they were kept above.
  const all = kept.map((row) => readObject(row.answer) as unknown as QuestionAnswer & { name: string })
  await endQuestion(scope, given, {
    status: 'answered',
    answer: all.map(({ name: _, ...each }) => each),
    outcome: showAnswers(all),
  })
  return 'counts'
}

/** In how many chats it was asked, and can be answered. */
async function countAsked({ db }: InTransaction<SystemScope>, { tenantId, id }: QuestionKey): Promise<number> {
  const deliveries = await db.delivery.findMany({
    where: {
      tenantId,
      notificationId: id,
      status: { in: ['queued', 'scheduled', 'awaiting_user', 'sent', 'unknown'] },
    },
    select: { id: true },
  })
  return deliveries.length
}

const shownLengthMax = 200
const outcomeLengthMax = 600

/** As many as there is room for in the message. */
function showAnswers(all: readonly (QuestionAnswer & { name: string })[]): string {
  const lines: string[] = []
  for (const answer of all) {
    const line = showAnswer(answer, answer.name)
    if (lines.join('\n').length + line.length > outcomeLengthMax) return [...lines, '…'].join('\n')
    lines.push(line)
  }
  return lines.join('\n')
}

function showAnswer({ text }: Pick<QuestionAnswer, 'text'>, name: string): string {
  const shown = text ?? ''
  return `✓ ${shown.length > shownLengthMax ? `${shown.slice(0, shownLengthMax)}…` : shown} — ${name}`
}
