import type { Transaction } from '@tellwire/db'
import type { QuestionKey } from './question.js'

/** @returns the ids of those questions that nobody can answer any more. */
export async function findEndedQuestions(db: Transaction, questions: readonly QuestionKey[]): Promise<string[]> {
  if (questions.length === 0) return []
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT q.id::text
    FROM unnest(
      ${questions.map(({ tenantId }) => tenantId)}::uuid[], ${questions.map(({ id }) => id)}::uuid[]
    ) AS w (tenant_id, id)
    JOIN questions q ON q.tenant_id = w.tenant_id AND q.id = w.id
    WHERE q.status <> 'open'`
  return rows.map(({ id }) => id)
}
