import type { Transaction } from '@tellwire/db'
import { findAnswersTo } from '@tellwire/domain'
import { notFound } from '../../../errors.js'
import { isBeingAnswered, showQuestion } from './show-question.js'

/** @throws `not_found` */
export async function getQuestion({ db, tenantId }: { db: Transaction; tenantId: string }, id: string) {
  const question = await db.question.findUnique({ where: { tenantId_id: { tenantId, id } } })
  if (!question) throw notFound('question', '/id')
  const given = isBeingAnswered(question) ? await findAnswersTo(db, { tenantId, id }) : []
  return showQuestion(question, given)
}
