import { writeFile } from 'node:fs/promises'
import {
  deleteExpired,
  ensurePartitions,
  expireDeliveries,
  findBotsWithUpdates,
  findDueBroadcasts,
  findDueLanes,
  findHeldWithConnection,
  inTransaction,
  releaseDueDeliveries,
} from '@tellwire/db'
import { releaseHeld } from '@tellwire/domain'
import { AdvanceBroadcast, DrainLane, HandleUpdates } from '@tellwire/jobs'
import type { WorkerContext } from './context.js'
import { advanceBroadcast } from './jobs/advance-broadcast.js'
import { drainLane } from './jobs/drain-lane.js'
import { handleUpdates } from './jobs/handle-updates.js'
import { every, type Repeating } from './every.js'

const sweepEveryMs = 1_000
const upkeepEveryMs = 3_600_000
/** Rows that a statement moves or ends. */
const sliceSize = 1_000
const slicesMax = 10
const partitionDaysAhead = 7

/**
 * Finds what no wake-up told of: lanes with something due that nobody drains, updates that nobody
 * handles, broadcasts that do not go on, and deliveries whose time has come or is over. It reads Postgres
 * alone, so whatever the queue loses is found within seconds; while the queue is away, this process does the
 * work itself.
 */
export function startSweep(ctx: WorkerContext): Repeating {
  const ownWork = new Map<string, Promise<void>>()
  const doMyself = (key: string, work: () => Promise<void>): void => {
    if (ownWork.has(key)) return
    const done = work()
      .catch((error: unknown) => ctx.log.warn({ err: error }, 'work without the queue failed'))
      .finally(() => ownWork.delete(key))
    ownWork.set(key, done)
  }

  const sweep = every(sweepEveryMs, ctx, 'sweep', async () => {
    await moveWaiting(ctx).catch((error: unknown) => ctx.log.error({ err: error }, 'moving what waits failed'))
    const [botsWithDeliveries, botsWithUpdates, broadcasts] = await Promise.all([
      findDueLanes(ctx.engine),
      findBotsWithUpdates(ctx.engine),
      findDueBroadcasts(ctx.engine),
    ])
    ctx.lanes.sweep(performance.now())
    if (ctx.heartbeatFile !== undefined) await writeFile(ctx.heartbeatFile, '')
    await Promise.all([
      ...botsWithDeliveries.map(async (botId) => {
        if (!(await ctx.waker.handOver(DrainLane, { botId })))
          doMyself(`lane ${botId}`, () => drainLane(ctx, { botId }))
      }),
      ...botsWithUpdates.map(async (botId) => {
        if (!(await ctx.waker.handOver(HandleUpdates, { botId })))
          doMyself(`updates ${botId}`, () => handleUpdates(ctx, { botId }))
      }),
      ...broadcasts.map(async ({ tenantId, notificationId }) => {
        if (!(await ctx.waker.handOver(AdvanceBroadcast, { tenantId, notificationId })))
          doMyself(`broadcast ${notificationId}`, () => advanceBroadcast(ctx, { tenantId, notificationId }))
      }),
    ])
  })
  return {
    async stop() {
      await sweep.stop()
      await Promise.all(ownWork.values())
    },
  }
}

/** Ends what is overdue, and brings into the lanes what is due: some slices of each, the rest the next time. */
async function moveWaiting(ctx: WorkerContext): Promise<void> {
  const { engine, waker, stopping } = ctx
  for (let slice = 0; slice < slicesMax && !stopping.aborted; slice++) {
    const expired = await expireDeliveries(engine, sliceSize)
    const due = await releaseDueDeliveries(engine, sliceSize)
    for (const botId of due.botIds) waker.wake(DrainLane, { botId })
    if (expired < sliceSize && due.released < sliceSize) break
  }
  for (const connection of await findHeldWithConnection(engine, sliceSize)) {
    await inTransaction(ctx, ({ db }) => releaseHeld(db, connection))
    waker.wake(DrainLane, { botId: connection.botId })
  }
}

/** Makes the coming days' partitions and deletes what has expired. */
export function startUpkeep(ctx: WorkerContext): Repeating {
  return every(upkeepEveryMs, ctx, 'upkeep', async () => {
    await ensurePartitions(ctx.engine, partitionDaysAhead)
    await deleteExpired(ctx.engine)
  })
}
