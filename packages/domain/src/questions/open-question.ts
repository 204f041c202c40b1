import type { Transaction } from '@tellwire/db'
import type { AskedOptions, QuestionKey } from './question.js'

/** A transaction that ends deliveries is over by then. */
const endingMs = 10_000

/** Opens the question that a notification asks, unless that was done before. @returns whether it was opened now. */
export async function openQuestion(
  db: Transaction,
  { tenantId, id }: QuestionKey,
  { quorum, default: defaultOption, expires_at: expiresAt }: AskedOptions,
): Promise<boolean> {
  const { count } = await db.question.createMany({
    data: [{ tenantId, id, quorum, defaultOption: defaultOption ?? null, expiresAt: new Date(expiresAt) }],
    skipDuplicates: true,
  })
  if (count === 0) return false
  // Its deliveries may have ended already, or be ending right now by a transaction that does not see it yet.
  const doubtedAt = [0, endingMs].map((afterMs) => new Date(Date.now() + afterMs))
  await db.questionDoubt.createMany({ data: doubtedAt.map((dueAt) => ({ tenantId, questionId: id, dueAt })) })
  return true
}
