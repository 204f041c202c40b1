import { type Prisma, readWord } from '@tellwire/db'
import { type QuestionAnswer, questionStatuses, quorums } from '@tellwire/domain'
import { showId } from '../../../http/ids.js'
import type { QuestionView } from './schemas.js'

type StoredQuestion = Prisma.QuestionGetPayload<object>

export function showQuestion(question: StoredQuestion): QuestionView {
  const answers = readAnswers(question.answer)
  return {
    ...showAsked(question),
    status: readWord(questionStatuses, question.status),
    answer: question.status === 'answered' ? (answers[0] ?? null) : null,
    answers,
    failure: question.failure,
    ended_at: question.endedAt?.toISOString() ?? null,
  }
}

/** A question as it was asked. */
export function showAsked({
  id,
  quorum,
  defaultOption,
  expiresAt,
  createdAt,
}: Pick<StoredQuestion, 'id' | 'quorum' | 'defaultOption' | 'expiresAt' | 'createdAt'>): QuestionView {
  return {
    id: showId('qst', id),
    status: 'open',
    notification_id: showId('ntf', id),
    quorum: readWord(quorums, quorum),
    default: defaultOption,
    answer: null,
    answers: [],
    failure: null,
    expires_at: expiresAt.toISOString(),
    created_at: createdAt.toISOString(),
    ended_at: null,
  }
}

function readAnswers(kept: unknown): QuestionView['answers'] {
  if (kept === null) return []
  // As they were kept when it ended: one, or one of each chat.
  const answers = (Array.isArray(kept) ? kept : [kept]) as QuestionAnswer[]
  return answers.map((answer) => ({ ...answer, connection_id: showId('con', answer.connection_id) }))
}
