import {
  findBotsWithUpdates,
  findWaitingUpdates,
  type IdleUpdate,
  inTransaction,
  isDatabaseUnavailable,
  passOverUpdates,
  recordUpdateFailure,
  takeUpdate,
  type WaitingUpdate,
} from '@tellwire/db'
import { openStartTokens } from '@tellwire/domain'
import { HandleUpdates } from '@tellwire/jobs'
import { openSystemScope, type WorkerContext } from '../context.js'
import { answerCallbackQuery } from '../updates/answer-callback-query.js'
import { askAdministrator } from '../updates/ask-administrator.js'
import { handlerOf } from '../updates/handlers.js'
import { toIdleUpdate } from '../updates/idle-update.js'
import { UnknownMember } from '../updates/scope.js'
import type { Job } from './job.js'

const updatesAtOnce = 500
const concurrency = 8
/** What takes so long has taken its time by itself, whatever the database says of it. */
const longMs = 10_000
/** So often Telegram is asked who somebody is. The person is waiting, and then told that they are none. */
const asksMax = 4
const minuteMs = 60_000
const hourMs = 3_600_000
/** An update that cannot be handled is tried again for a day, and then waits for somebody to look at it. */
const retriesInMs = [1_000, 5_000, 20_000, ...[2, 10, 30].map((minutes) => minutes * minuteMs)].concat(
  [1, 2, 4, 8, 8].map((hours) => hours * hourMs),
)

/** Handles the updates that wait for a bot: each chat's in order, several chats at a time. */
export const handleUpdates: Job<typeof HandleUpdates.payload> = {
  contract: HandleUpdates,
  async run(ctx, { botId }) {
    while (!ctx.stopping.aborted) {
      const found = await readWaiting(ctx, botId)
      if (found.length === 0) return
      const idle = findIdle(ctx, botId, found)
      const passed = await passOver(ctx, botId, idle)
      const chats = groupByChat(found.filter(({ updateId }) => !passed.has(updateId))).values()
      let handled = passed.size
      // Each takes the next chat from the one iterator that they share.
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (const updates of chats) {
            const count = await handleInOrder(ctx, botId, updates)
            handled += count
          }
        }),
      )
      // Where nothing can be done, as in a database that can only be read, the next sweep comes back.
      if (found.length < updatesAtOnce || handled === 0) return
    }
  },
  findDue: async ({ engine }) => (await findBotsWithUpdates(engine)).map((botId) => ({ botId })),
}

async function readWaiting({ engine, sealer }: WorkerContext, botId: string): Promise<WaitingUpdate[]> {
  const found = await findWaitingUpdates(engine, botId, updatesAtOnce)
  return found.map((update) => ({ ...update, payload: openStartTokens(sealer, update.payload) }))
}

/** Where it fails for all of them at once, each is handled by itself: one that cannot be holds up no other. */
async function passOver({ engine, log }: WorkerContext, botId: string, idle: IdleUpdate[]): Promise<Set<string>> {
  if (idle.length === 0) return new Set()
  try {
    return await passOverUpdates(engine, botId, idle)
  } catch (error) {
    log.warn({ err: error, botId }, 'updates could not be passed over together')
    return new Set()
  }
}

/** Those that ask for nothing, and before which nothing in their chat asks for something. */
function findIdle({ sealer }: WorkerContext, botId: string, updates: readonly WaitingUpdate[]): IdleUpdate[] {
  const askedIn = new Set<string>()
  return updates.flatMap((update) => {
    const idle = askedIn.has(update.chatId) ? undefined : toIdleUpdate({ sealer, botId }, update)
    if (!idle) askedIn.add(update.chatId)
    return idle ?? []
  })
}

function groupByChat(updates: readonly WaitingUpdate[]): Map<string, WaitingUpdate[]> {
  const chats = new Map<string, WaitingUpdate[]>()
  for (const update of updates) {
    const ofChat = chats.get(update.chatId)
    if (ofChat) ofChat.push(update)
    else chats.set(update.chatId, [update])
  }
  return chats
}

/** Until one fails: what follows it in its chat waits for it. @returns how many were handled. */
async function handleInOrder(ctx: WorkerContext, botId: string, updates: readonly WaitingUpdate[]): Promise<number> {
  for (const [handled, update] of updates.entries()) {
    if (ctx.stopping.aborted || !(await handle(ctx, botId, update))) return handled
  }
  return updates.length
}

/** Whether somebody is an administrator, by chat and person: as Telegram has said for one update. */
type KnownMembers = ReadonlyMap<string, boolean>

/** @returns whether what follows it may be handled. */
async function handle(
  ctx: WorkerContext,
  botId: string,
  update: WaitingUpdate,
  members: KnownMembers = new Map(),
): Promise<boolean> {
  const scope = {
    ...openSystemScope(ctx, 'updates'),
    botId,
    sealer: ctx.sealer,
    isAdministrator: (chatId: number, personId: number): boolean => {
      const known = members.get(`${chatId} ${personId}`)
      if (known === undefined) throw new UnknownMember(chatId, personId)
      return known
    },
    answerPress: (queryId: string, text: string | undefined) => void answerCallbackQuery(ctx, botId, { queryId, text }),
  }
  const beganAtMs = performance.now()
  try {
    await inTransaction(scope, async (scope) => {
      if (await takeUpdate(scope.db, botId, update.updateId)) await handlerOf(update.kind)?.(scope, update.payload)
    })
    return true
  } catch (error) {
    if (error instanceof UnknownMember) {
      const said = await askAdministrator(ctx, botId, error)
      if (said === undefined && update.attempts < asksMax - 1) {
        await recordFailure(ctx, botId, update, error)
        return false
      }
      const isAdministrator = said ?? false
      return handle(ctx, botId, update, new Map([...members, [`${error.chatId} ${error.personId}`, isAdministrator]]))
    }
    // Trouble of the database is not the update's: it keeps its place, and the next sweep comes back to it.
    if (isDatabaseUnavailable(error) && performance.now() - beganAtMs < longMs) {
      ctx.log.warn({ err: error, botId, updateId: update.updateId }, 'an update waits for the database')
      return false
    }
    await recordFailure(ctx, botId, update, error)
    return false
  }
}

async function recordFailure(ctx: WorkerContext, botId: string, update: WaitingUpdate, error: unknown): Promise<void> {
  const { updateId, kind, attempts } = update
  const retryInMs = retriesInMs[attempts]
  const level = retryInMs === undefined ? 'error' : 'warn'
  ctx.log[level]({ err: error, botId, updateId, kind, attempts: attempts + 1 }, 'handling an update failed')
  const failure = error instanceof Error ? error.name : 'unknown'
  await recordUpdateFailure(ctx.engine, { botId, updateId }, { failure, retryInMs })
}
