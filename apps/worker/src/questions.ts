import { findHopelessQuestions, findOverdueQuestions, inTransaction } from '@tellwire/db'
import { endQuestion } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'

/** Ends the questions whose time is over, and those that nobody can answer any more; some at a time, the rest the next time. */
export async function endQuestions(ctx: WorkerContext): Promise<void> {
  const scope = openSystemScope(ctx, 'questions')
  for (const question of await findOverdueQuestions(ctx.engine)) {
    await inTransaction(scope, (scope) => endQuestion(scope, question, { status: 'expired' }))
  }
  for (const { reason, ...question } of await findHopelessQuestions(ctx.engine)) {
    await inTransaction(scope, (scope) => endQuestion(scope, question, { status: 'failed', reason }))
  }
}
