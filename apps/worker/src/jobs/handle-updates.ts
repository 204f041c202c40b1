import { findChatsWithUpdates, inTransaction } from '@tellwire/db'
import { DrainLane } from '@tellwire/jobs'
import type { Update } from '@tellwire/telegram'
import type { WorkerContext } from '../context.js'
import { answerCallbackQuery } from '../updates/answer-callback-query.js'
import { handleUpdate } from '../updates/handle-update.js'

const chatsAtOnce = 200
const concurrency = 8
/** An update that fails this often is given up, so that it does not hold up its chat for ever. */
const attemptsMax = 5

/** Handles what waits for a bot: each chat's updates in order, several chats at a time. */
export async function handleUpdates(ctx: WorkerContext, { botId }: { botId: string }): Promise<void> {
  while (!ctx.stopping.aborted) {
    const chatIds = await findChatsWithUpdates(ctx.engine, botId, chatsAtOnce)
    if (chatIds.length === 0) return
    const next = chatIds.values()
    // Each takes the next chat from the one iterator that they share.
    await Promise.all(
      Array.from({ length: concurrency }, async () => {
        for (const chatId of next) await handleChat(ctx, botId, BigInt(chatId))
      }),
    )
  }
}

async function handleChat(ctx: WorkerContext, botId: string, chatId: bigint): Promise<void> {
  while (!ctx.stopping.aborted && (await handleNext(ctx, botId, chatId))) {
    // Until nothing waits in this chat.
  }
}

/** @returns whether there was one. */
async function handleNext(ctx: WorkerContext, botId: string, chatId: bigint): Promise<boolean> {
  let failing: { id: string; attempts: number; kind: string } | undefined
  try {
    const { isFound, hasReply, answersQuery } = await inTransaction(ctx, async (ctx) => {
      // One handler a chat, whichever processes run it.
      await ctx.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${botId} ${chatId}`}, 0))`
      const update = await ctx.db.update.findFirst({
        where: { botId, chatId, handledAt: null },
        orderBy: { updateId: 'asc' },
      })
      if (!update) return { isFound: false, hasReply: false, answersQuery: undefined }
      failing = update
      const handled = await handleUpdate({ ...ctx, botId }, update.payload as unknown as Update)
      await ctx.db.update.update({ where: { botId_id: { botId, id: update.id } }, data: { handledAt: new Date() } })
      return { isFound: true, ...handled }
    })
    if (hasReply) ctx.waker.wake(DrainLane, { botId })
    if (answersQuery !== undefined) void answerCallbackQuery(ctx, botId, answersQuery)
    return isFound
  } catch (error) {
    if (!failing) throw error
    await noteFailure(ctx, botId, failing, error)
    return true
  }
}

async function noteFailure(
  ctx: WorkerContext,
  botId: string,
  update: { id: string; attempts: number; kind: string },
  error: unknown,
): Promise<void> {
  const attempts = update.attempts + 1
  const isGivenUp = attempts >= attemptsMax
  ctx.log[isGivenUp ? 'error' : 'warn']({ err: error, botId, kind: update.kind, attempts }, 'handling an update failed')
  await ctx.db.update.update({
    where: { botId_id: { botId, id: update.id } },
    data: {
      attempts,
      failure: error instanceof Error ? error.name : 'unknown',
      ...(isGivenUp ? { handledAt: new Date() } : {}),
    },
  })
}
