import { writeFile } from 'node:fs/promises'
import {
  endCancelledDeliveries,
  endRests,
  expireDeliveries,
  findAwaitingWithConnection,
  inTransaction,
  isAnythingDue,
  releaseDueDeliveries,
  releaseDueOfEachTenant,
} from '@tellwire/db'
import { releaseAwaiting, sealAudit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { countUnknown } from '@tellwire/observability'
import { openSystemScope, type WorkerContext } from './context.js'
import { createDuty } from './duty.js'
import { every, type Repeating } from './every.js'
import type { Job } from './jobs/job.js'
import { jobs } from './jobs/jobs.js'
import { createOwnWork } from './jobs/own-work.js'

const sweepEveryMs = 1_000
/** Rows that a statement moves or ends. */
const sliceSize = 1_000
const slicesMax = 10
/** Where still more is due after so many slices, some of each tenant's comes before the oldest of all go on. */
const turnsAtSlice = 5
const ofEachTenant = 100
/** A transaction that writes a connection or a notification ends in less. */
const lateMs = 120_000
/** Nobody knows when what came before this process was swept. */
const firstLookMs = 24 * 60 * 60 * 1_000
/** The part of its time that a sweep spends on looking for one kind of work, and how long it waits for that at most. */
const lookShare = 0.02
const lookPauseMsMax = 5_000
/** Work that was handed over so often, and is due all the same, is not worked off by anybody: this process does some of it. */
const patience = 5

/** A worker that sweeps and dies is followed after so long. */
const dutyLeaseMs = 3_000

/** The last look for one kind of work: it found this, at this cost. */
interface Look {
  /** By the work's key: how many looks in a row have found it. */
  found: Map<string, number>
  tookMs: number
  nextAtMs: number
}

/**
 * Finds work that no wake-up told of, and deliveries whose time has come or is over. One worker of all does so, and
 * the others stand by. It reads Postgres alone, so
 * whatever the queue loses is found within seconds; while the queue is away, or takes work that nobody does, this process does it
 * itself.
 */
export function startSweep(ctx: WorkerContext): Repeating {
  const duty = createDuty(ctx, { name: 'sweep', leaseMs: dutyLeaseMs })
  const ownWork = createOwnWork(ctx)
  let reunitedAtMs: number | undefined
  const looks = new Map(jobs.map((job): [Job, Look] => [job, { found: new Map(), tookMs: 0, nextAtMs: 0 }]))

  const sweepJob = async (job: Job): Promise<void> => {
    const { contract, findDue } = job
    const last = looks.get(job)
    const beganAtMs = performance.now()
    if (!findDue || !last || beganAtMs < last.nextAtMs) return
    const due = await findDue(ctx)
    const endedAtMs = performance.now()
    const tookMs = endedAtMs - beganAtMs
    // A single slow look is no sign of anything.
    const pauseMs = Math.min(lookPauseMsMax, Math.min(tookMs, last.tookMs) / lookShare)
    const found = new Map<string, number>()
    const look = { found, tookMs, nextAtMs: endedAtMs + pauseMs }
    looks.set(job, look)
    const isMine = await Promise.all(
      due.map(async (payload) => {
        const key = contract.key(payload)
        const times = (last.found.get(key) ?? 0) + 1
        found.set(key, times)
        return !(await ctx.waker.handOver(contract, payload)) || times > patience
      }),
    )
    // Each look begins a part of the work that is this process's own.
    if (isMine.includes(true)) look.nextAtMs = 0
    ownWork.begin(
      job,
      due.filter((_, index) => isMine[index]),
    )
  }

  const sweep = every(sweepEveryMs, ctx, 'sweep', async () => {
    ctx.lanes.sweep(performance.now())
    await bringBackRested(ctx).catch((error: unknown) =>
      ctx.log.error({ err: error }, 'what rested was not brought back'),
    )
    if (await duty.take()) {
      await moveWaiting(ctx).catch((error: unknown) => ctx.log.error({ err: error }, 'moving what waits failed'))
      const nowMs = performance.now()
      const sinceMs = lateMs + (reunitedAtMs === undefined ? firstLookMs : nowMs - reunitedAtMs)
      await reunite(ctx, sinceMs)
        .then(() => (reunitedAtMs = nowMs))
        .catch((error: unknown) => ctx.log.error({ err: error }, 'releasing what waits for a user failed'))
      const swept = await Promise.allSettled(jobs.map(sweepJob))
      await sealAudit(ctx.db, ctx.sealer).catch((error: unknown) =>
        ctx.log.error({ err: error }, 'the audit could not be sealed'),
      )
      for (const each of swept) if (each.status === 'rejected') throw each.reason
    }
    if (ctx.heartbeatFile !== undefined) await writeFile(ctx.heartbeatFile, '')
  })
  return {
    async stop() {
      await sweep.stop()
      await duty.leave()
      await ownWork.ended()
    },
  }
}

/** Ends what is overdue or was cancelled, and brings into the lanes what is due: some slices of each, the rest the next time. */
async function moveWaiting(ctx: WorkerContext): Promise<void> {
  const { engine, waker, metrics, stopping } = ctx
  if (!(await isAnythingDue(engine))) return
  for (let slice = 0; slice < slicesMax && !stopping.aborted; slice++) {
    const expired = await expireDeliveries(engine, sliceSize)
    countUnknown(metrics, 'expired', expired.unknown)
    const cancelled = await endCancelledDeliveries(engine, sliceSize)
    countUnknown(metrics, 'cancelled', cancelled.unknown)
    const isTurns = slice === turnsAtSlice
    const { released, botIds } = isTurns
      ? await releaseDueOfEachTenant(engine, { countMax: sliceSize, ofEachMax: ofEachTenant })
      : await releaseDueDeliveries(engine, sliceSize)
    for (const botId of botIds) waker.wake(DrainLane, { botId })
    if (!isTurns && [expired.ended, cancelled.ended, released].every((count) => count < sliceSize)) break
  }
}

/** Brings heads back into their lanes that have rested, whoever sweeps: a head that nobody brings back holds up its chat. */
async function bringBackRested({ engine, waker, stopping }: WorkerContext): Promise<void> {
  for (let slice = 0; slice < slicesMax && !stopping.aborted; slice++) {
    const { ended, botIds } = await endRests(engine, sliceSize)
    for (const botId of botIds) waker.wake(DrainLane, { botId })
    if (ended < sliceSize) break
  }
}

/** Lets go what waits for a user who is connected: both were written at one moment, and neither saw the other. */
async function reunite(ctx: WorkerContext, sinceMs: number): Promise<void> {
  for (const connection of await findAwaitingWithConnection(ctx.engine, { sinceMs, countMax: sliceSize })) {
    await inTransaction(openSystemScope(ctx, 'sweep'), (scope) => releaseAwaiting(scope, connection))
  }
}
