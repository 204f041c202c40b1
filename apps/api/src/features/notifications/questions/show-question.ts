import { type Prisma, readWord } from '@tellwire/db'
import { type QuestionAnswer, questionStatuses, quorums } from '@tellwire/domain'
import { showId } from '../../../http/ids.js'
import type { QuestionView } from './schemas.js'

export function showQuestion(question: Prisma.QuestionGetPayload<object>): QuestionView {
  const answers = readAnswers(question.answer)
  return {
    id: showId('qst', question.id),
    status: readWord(questionStatuses, question.status),
    notification_id: showId('ntf', question.id),
    quorum: readWord(quorums, question.quorum),
    default: question.defaultOption,
    answer: question.status === 'answered' ? (answers[0] ?? null) : null,
    answers,
    failure: question.failure,
    expires_at: question.expiresAt.toISOString(),
    created_at: question.createdAt.toISOString(),
    ended_at: question.endedAt?.toISOString() ?? null,
  }
}

function readAnswers(kept: unknown): QuestionView['answers'] {
  if (kept === null) return []
  // As they were kept when it ended: one, or one of each chat.
  const answers = (Array.isArray(kept) ? kept : [kept]) as QuestionAnswer[]
  return answers.map((answer) => ({ ...answer, connection_id: showId('con', answer.connection_id) }))
}
