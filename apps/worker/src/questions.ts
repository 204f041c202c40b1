import {
  findHopelessQuestions,
  findOverdueQuestions,
  findQuestionDoubts,
  inTransaction,
  settleQuestionDoubts,
} from '@tellwire/db'
import { endIfAllAnswered, endQuestion } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'

/** Ends the questions whose time is over, and those that nobody can answer any more; some at a time, the rest the next time. */
export async function endQuestions(ctx: WorkerContext): Promise<void> {
  const scope = openSystemScope(ctx, 'questions')
  for (const question of await findOverdueQuestions(ctx.engine)) {
    await inTransaction(scope, (scope) => endQuestion(scope, question, { status: 'expired' }))
  }
  const doubts = await findQuestionDoubts(ctx.engine)
  if (doubts.length === 0) return
  // Of those whom a question waited for some may have left.
  for (const question of doubts) await inTransaction(scope, (scope) => endIfAllAnswered(scope, question))
  for (const { reason, ...question } of await findHopelessQuestions(ctx.engine, doubts)) {
    await inTransaction(scope, (scope) => endQuestion(scope, question, { status: 'failed', reason }))
  }
  await settleQuestionDoubts(ctx.engine, doubts)
}
