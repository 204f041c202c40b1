import {
  findHopelessQuestions,
  findOverdueQuestions,
  findQuestionDoubts,
  inTransaction,
  type InTransaction,
  putOffDoubtedConnections,
  putOffQuestionDoubts,
  settleQuestionDoubts,
  walkDoubtedConnections,
} from '@tellwire/db'
import { endQuestion, type SystemScope } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'
import { everyOnDuty } from './duty.js'
import type { Repeating } from './every.js'

const lookEveryMs = 1_000
/** A worker that ends questions and dies is followed after so long. Two that do so at once do no harm. */
const dutyLeaseMs = 10_000
const atOnce = 4
const putOffMs = 60_000

interface Question {
  tenantId: string
  id: string
}

/** Ends the questions whose time is over, and those that nobody can answer any more: one worker of all, some of them at a time. */
export function startQuestions(ctx: WorkerContext): Repeating {
  /** Of these it failed: when each is tried again. */
  const putOff = new Map<string, number>()
  return everyOnDuty(ctx, { name: 'questions', everyMs: lookEveryMs, leaseMs: dutyLeaseMs }, async () => {
    await endOverdue(ctx, putOff)
    await walkConnections(ctx)
    await settleDoubts(ctx)
  })
}

async function endOverdue(ctx: WorkerContext, putOff: Map<string, number>): Promise<void> {
  const nowMs = performance.now()
  for (const [id, againAtMs] of putOff) if (againAtMs <= nowMs) putOff.delete(id)
  const overdue = await findOverdueQuestions(ctx.engine, [...putOff.keys()])
  const failed = await forEach(ctx, overdue, (scope, question) => endQuestion(scope, question, { status: 'expired' }))
  for (const { id } of failed) putOff.set(id, nowMs + putOffMs)
}

/** Stretches that are walked at a time: then it is looked for what else is to be ended. */
const stretchesMax = 20

async function walkConnections({ engine, stopping, log }: WorkerContext): Promise<void> {
  try {
    for (let stretch = 0; stretch < stretchesMax && !stopping.aborted; stretch++) {
      if (!(await walkDoubtedConnections(engine))) return
    }
  } catch (error) {
    log.error({ err: error }, 'questions of connections that have ended could not be looked through')
    await putOffDoubtedConnections(engine)
  }
}

async function settleDoubts(ctx: WorkerContext): Promise<void> {
  const { engine } = ctx
  const doubts = await findQuestionDoubts(engine)
  if (doubts.length === 0) return
  const hopeless = await findHopelessQuestions(engine, doubts)
  const failed = await forEach(ctx, hopeless, (scope, { reason, ...question }) =>
    endQuestion(scope, question, { status: 'failed', reason }),
  )
  // Not all of them were looked at then.
  if (ctx.stopping.aborted) return
  const failedIds = new Set(failed.map(({ id }) => id))
  await settleQuestionDoubts(
    engine,
    doubts.filter(({ id }) => !failedIds.has(id)),
  )
  await putOffQuestionDoubts(
    engine,
    doubts.filter(({ id }) => failedIds.has(id)),
  )
}

/** Does something about each question, in a transaction of its own. @returns those of which it failed: they hold up no other. */
async function forEach<Each extends Question>(
  ctx: WorkerContext,
  questions: readonly Each[],
  work: (scope: InTransaction<SystemScope>, question: Each) => Promise<unknown>,
): Promise<Each[]> {
  const scope = openSystemScope(ctx, 'questions')
  const failed: Each[] = []
  const queue = questions.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const question of queue) {
        if (ctx.stopping.aborted) return
        await inTransaction(scope, (scope) => work(scope, question)).catch((error: unknown) => {
          ctx.log.error({ err: error, questionId: question.id }, 'a question could not be ended')
          failed.push(question)
        })
      }
    }),
  )
  return failed
}
