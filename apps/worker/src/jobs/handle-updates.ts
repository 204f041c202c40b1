import { findBotsWithUpdates, findChatsWithUpdates, inTransaction } from '@tellwire/db'
import { HandleUpdates } from '@tellwire/jobs'
import { openSystemScope, type WorkerContext } from '../context.js'
import { answerCallbackQuery } from '../updates/answer-callback-query.js'
import { askAdministrator } from '../updates/ask-administrator.js'
import { handlerOf } from '../updates/handlers.js'
import { UnknownMember } from '../updates/scope.js'
import type { Job } from './job.js'

const chatsAtOnce = 200
const concurrency = 8
/** An update that fails this often is given up, so that it does not hold up its chat for ever. */
const attemptsMax = 5

/** Handles the updates that wait for a bot: each chat's in order, several chats at a time. */
export const handleUpdates: Job<typeof HandleUpdates.payload> = {
  contract: HandleUpdates,
  async run(ctx, { botId }) {
    while (!ctx.stopping.aborted) {
      const chatIds = await findChatsWithUpdates(ctx.engine, botId, chatsAtOnce)
      if (chatIds.length === 0) return
      const next = chatIds.values()
      // Each takes the next chat from the one iterator that they share.
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (const chatId of next) await handleChat(ctx, { botId, chatId: BigInt(chatId) })
        }),
      )
    }
  },
  findDue: async ({ engine }) => (await findBotsWithUpdates(engine)).map((botId) => ({ botId })),
}

interface Place {
  botId: string
  chatId: bigint
}

async function handleChat(ctx: WorkerContext, place: Place): Promise<void> {
  while (!ctx.stopping.aborted && (await handleNext(ctx, place))) {
    // Until nothing waits in this chat.
  }
}

/** Whether somebody is an administrator, by chat and person: as Telegram has said for one update. */
type KnownMembers = ReadonlyMap<string, boolean>

/** @returns whether there was one. */
async function handleNext(ctx: WorkerContext, place: Place, members: KnownMembers = new Map()): Promise<boolean> {
  const { botId, chatId } = place
  let failing: { id: string; attempts: number; kind: string } | undefined
  const scope = {
    ...openSystemScope(ctx, 'updates'),
    botId,
    sealer: ctx.sealer,
    isAdministrator: (chatId: number, personId: number): boolean => {
      const known = members.get(`${chatId} ${personId}`)
      if (known === undefined) throw new UnknownMember(chatId, personId)
      return known
    },
    answerPress: (queryId: string) => void answerCallbackQuery(ctx, botId, queryId),
  }
  try {
    return await inTransaction(scope, async (scope) => {
      const { db } = scope
      // One handler a chat, whichever processes run it.
      await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${botId} ${chatId}`}, 0))`
      const update = await db.update.findFirst({
        where: { botId, chatId, handledAt: null },
        orderBy: { updateId: 'asc' },
      })
      if (!update) return false
      failing = update
      await handlerOf(update.kind)?.(scope, update.payload)
      await db.update.update({ where: { botId_id: { botId, id: update.id } }, data: { handledAt: new Date() } })
      return true
    })
  } catch (error) {
    if (error instanceof UnknownMember) {
      const isAdministrator = await askAdministrator(ctx, botId, error)
      return handleNext(ctx, place, new Map([...members, [`${error.chatId} ${error.personId}`, isAdministrator]]))
    }
    if (!failing) throw error
    await recordFailure(ctx, botId, failing, error)
    return true
  }
}

async function recordFailure(
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
