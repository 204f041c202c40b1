import {
  acquirePollers,
  dropDeadWorkers,
  findPollers,
  keepWorker,
  leaveWorker,
  type LiveWorkers,
  newId,
  type PollerGrant,
  releasePollers,
  workerLeaseMs,
} from '@tellwire/db'
import { BotChanged, onAnnounced } from '@tellwire/jobs'
import type { WorkerContext } from '../context.js'
import { every } from '../every.js'
import { readBot } from './read-bot.js'

const superviseEveryMs = 1_000
/** How often it is compared what is read with what is to be read. */
const compareEveryMs = 5_000
/** The database's and this machine's clocks may run apart by this much in the time of one lease. */
const clockMarginMs = 500
const readersMax = 2_000
const grantsAtOnce = 100
/** A worker that reads more than its part gives so many back at a time. */
const givenBackAtOnce = 50

export interface UpdatePolling {
  stop(): Promise<void>
}

interface Reader {
  grant: PollerGrant
  controller: AbortController
  done: Promise<void>
}

/**
 * Reads the updates of bots that have no webhook. Each bot is read by one worker at a time: Telegram ends
 * the older of two long polls. Workers share the bots evenly; those of a worker that died are taken over when it has
 * said nothing for a while. A bot that nobody writes to costs the database nothing.
 */
export function startPolling(ctx: WorkerContext): UpdatePolling {
  const workerId = newId()
  const readers = new Map<string, Reader>()
  let aliveUntilMs = performance.now()
  let compareAtMs = 0

  const start = (grant: PollerGrant): void => {
    const { botId } = grant
    const controller = new AbortController()
    const done = readBot(ctx, workerId, grant, controller.signal)
      .catch((error: unknown) => ctx.log.error({ err: error, botId }, 'reading updates ended'))
      .then(() => releasePollers(ctx.engine, workerId, [botId]))
      // What could not be let go is found when it is compared.
      .catch((error: unknown) => ctx.log.warn({ err: error, botId }, 'a bot was not let go'))
      .finally(() => readers.delete(botId))
    readers.set(botId, { grant, controller, done })
  }

  const keepAlive = async (): Promise<LiveWorkers> => {
    const askedAtMs = performance.now()
    const live = await keepWorker(ctx.engine, workerId, { pollers: readers.size, lanes: ctx.lanes.count() })
    ctx.lanes.setPart(live.count > 1 ? live.lanes / live.count : Infinity)
    aliveUntilMs = askedAtMs + workerLeaseMs - clockMarginMs
    return live
  }

  /** Ends what is not to be read, or not with this token, and lets go what this process does not read. */
  const compare = async (): Promise<void> => {
    const before = new Set(readers.keys())
    const found = new Map((await findPollers(ctx.engine, workerId)).map((poller) => [poller.botId, poller]))
    for (const [botId, { grant, controller }] of readers) {
      const poller = found.get(botId)
      if (before.has(botId) && (!poller?.isWanted || poller.tokenVersion !== grant.tokenVersion)) controller.abort()
    }
    // The answer that granted it was lost.
    const unknown = [...found.keys()].filter((botId) => !before.has(botId) && !readers.has(botId))
    if (unknown.length > 0) await releasePollers(ctx.engine, workerId, unknown)
  }

  const supervise = async (): Promise<void> => {
    const live = await keepAlive()
    await dropDeadWorkers(ctx.engine)
    if (performance.now() >= compareAtMs) {
      await compare()
      compareAtMs = performance.now() + compareEveryMs
    }
    const part = Math.ceil(live.pollers / live.count)
    const tooMany = readers.size - Math.ceil(part * 1.1) - 1
    for (const { controller } of [...readers.values()].slice(0, Math.max(0, Math.min(tooMany, givenBackAtOnce))))
      controller.abort()
    const room = Math.min(readersMax - readers.size, grantsAtOnce)
    if (tooMany > 0 || room <= 0) return
    for (const grant of await acquirePollers(ctx.engine, workerId, room)) if (!readers.has(grant.botId)) start(grant)
  }

  const supervision = every(superviseEveryMs, ctx, 'poll supervision', async () => {
    try {
      await supervise()
    } finally {
      // Others take this worker for dead by now, and its bots over.
      if (performance.now() > aliveUntilMs) for (const { controller } of readers.values()) controller.abort()
    }
  })
  const listening = onAnnounced(ctx.jobs, BotChanged, () => {
    compareAtMs = 0
    supervision.soon()
  })

  return {
    async stop() {
      await listening.stop()
      await supervision.stop()
      for (const { controller } of readers.values()) controller.abort()
      await Promise.all([...readers.values()].map(({ done }) => done))
      await leaveWorker(ctx.engine, workerId)
    },
  }
}
