import type { InTransaction } from '@tellwire/db'
import { endQuestion, type TenantScope } from '@tellwire/domain'
import { ApiError } from '../../../errors.js'
import { getQuestion } from './get-question.js'

/** Takes a question back. Doing it again changes nothing. @throws `not_found`, and `conflict` for one that ended otherwise. */
export async function cancelQuestion(scope: InTransaction<TenantScope>, id: string) {
  const { tenantId } = scope
  await endQuestion(scope, { tenantId, id }, { status: 'cancelled' })
  const question = await getQuestion(scope, id)
  if (question.status !== 'cancelled') throw new ApiError('conflict', `The question is already ${question.status}.`)
  return question
}
