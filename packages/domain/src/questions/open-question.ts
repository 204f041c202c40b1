import type { Transaction } from '@tellwire/db'
import type { AskedOptions, QuestionKey } from './question.js'

/** Opens the question that a notification asks, unless that was done before. */
export async function openQuestion(
  db: Transaction,
  { tenantId, id }: QuestionKey,
  { quorum, default: defaultOption, expires_at: expiresAt }: AskedOptions,
): Promise<void> {
  await db.question.createMany({
    data: [{ tenantId, id, quorum, defaultOption: defaultOption ?? null, expiresAt: new Date(expiresAt) }],
    skipDuplicates: true,
  })
}
