import { type Prisma, readWord } from '@tellwire/db'
import { type NamedAnswer, type QuestionAnswer, questionStatuses, quorums, withoutNames } from '@tellwire/domain'
import { showId } from '../../../http/ids.js'
import type { QuestionView } from './schemas.js'

type StoredQuestion = Prisma.QuestionGetPayload<object>

/** Whether answers may have been given that are not part of the question yet. */
export function isBeingAnswered({ status, quorum }: StoredQuestion): boolean {
  return status === 'open' && quorum === 'all'
}

/** @param given so far, while everybody is to answer. */
export function showQuestion(question: StoredQuestion, given: readonly NamedAnswer[] = []): QuestionView {
  const answers = given.length > 0 ? showAnswers(withoutNames(given)) : readAnswers(question.answer)
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
  return showAnswers((Array.isArray(kept) ? kept : [kept]) as QuestionAnswer[])
}

function showAnswers(answers: readonly QuestionAnswer[]): QuestionView['answers'] {
  return answers.map((answer) => ({
    ...answer,
    connection_id: showId('con', answer.connection_id),
    from: answer.from ?? null,
  }))
}
