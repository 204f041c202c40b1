import type { Transaction } from '@tellwire/db'
import { notFound } from '../../../errors.js'
import { showQuestion } from './show-question.js'

/** @throws `not_found` */
export async function getQuestion({ db, tenantId }: { db: Transaction; tenantId: string }, id: string) {
  const question = await db.question.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!question) throw notFound('question', '/id')
  return showQuestion(question)
}
