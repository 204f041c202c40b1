import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import type { LoadResult } from '../load.js'
import { type Program, readCpuMs, runProgram } from '../program.js'
import { compare, measure, type Report } from '../result.js'
import { countPending, seedBots, seedTenants, seedUsers } from '../seed.js'
import { runLoad } from './accept.js'

const users = 5_000

interface Run {
  cpuMsEach: number
  postgresMsEach: number
  redisMsEach: number
  walBytesEach: number
}

/** From the POST to the settled delivery: CPU of all that is involved, and what Postgres writes. */
export async function benchEndToEnd(lab: Lab, report: Report): Promise<void> {
  const count = lab.isQuick ? 2_000 : 10_000
  const rounds = lab.isQuick ? 1 : 5
  lab.telegram.configure({ isLimited: false, bots: {}, fallback: { rate: 1_000, latencyMs: 0 } })
  // Whole pages that are written after a checkpoint say more about checkpoints than about us.
  await lab.setPostgres('full_page_writes', 'off')
  const ours: Run[] = []
  const peer: Run[] = []
  for (let round = 0; round < rounds; round++) {
    ours.push(await runOnce(lab, count, 'ours'))
    peer.push(await runOnce(lab, lab.isQuick ? count / 4 : count / 2, 'peer'))
  }
  await lab.setPostgres('full_page_writes', 'on')
  report.set(
    'cpu_vs_prisma_bullmq',
    compare(
      ours.map(({ cpuMsEach }) => cpuMsEach),
      peer.map(({ cpuMsEach }) => cpuMsEach),
      {
        goal: '<= 0.25',
        unit: 'ms of Node a message',
        n: count,
        notes: {
          'Postgres ms, ours': round3(ours[0]?.postgresMsEach),
          'Postgres ms, peer': round3(peer[0]?.postgresMsEach),
          'Redis ms, ours': round3(ours[0]?.redisMsEach),
          'Redis ms, peer': round3(peer[0]?.redisMsEach),
        },
      },
    ),
  )
  report.set(
    'wal_bytes_per_notification',
    measure(
      ours.map(({ walBytesEach }) => walBytesEach),
      { goal: '<= 3200', unit: 'bytes', n: count },
    ),
  )
}

function round3(value: number | undefined): number {
  return Math.round((value ?? NaN) * 1_000) / 1_000
}

async function runOnce(lab: Lab, count: number, who: 'ours' | 'peer'): Promise<Run> {
  await lab.redis.flushall()
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 20, rate: 1_000 })
  await seedUsers(place, tenant, bots, { count: users })
  lab.telegram.reset()
  const [api, worker] =
    who === 'ours'
      ? await Promise.all([lab.startApi(place), lab.startWorker(place)])
      : await Promise.all([
          lab.startContender('accept-peer', place, { PEER: 'prisma-bullmq' }),
          lab.startContender('bullmq-worker', place),
        ])
  const load = await runProgram(new URL('../load.js', import.meta.url), {})
  const before = await readUse(lab, place, [api, worker])
  const result: LoadResult = await runLoad(load, {
    port: api.port,
    key: tenant.key,
    clients: 64,
    seconds: 600,
    countMax: count,
    users,
    tag: who,
  })
  await waitUntilSettled(lab, place, who, result.accepted)
  const after = await readUse(lab, place, [api, worker])
  await Promise.all([load.stop(), api.stop(), worker.stop()])
  await place.close()
  return {
    cpuMsEach: (after.nodeMs - before.nodeMs) / result.accepted,
    postgresMsEach: (after.postgresMs - before.postgresMs) / result.accepted,
    redisMsEach: (after.redisMs - before.redisMs) / result.accepted,
    walBytesEach: (after.walBytes - before.walBytes) / result.accepted,
  }
}

async function waitUntilSettled(lab: Lab, place: Place, who: 'ours' | 'peer', count: number): Promise<void> {
  const deadlineMs = nowMs() + 120_000
  while ((await lab.telegram.count()) < count || (who === 'ours' && (await countPending(place)) > 0)) {
    if (nowMs() > deadlineMs) throw new Error('not everything arrived')
    await delay(50)
  }
  await delay(300)
}

interface Use {
  nodeMs: number
  postgresMs: number
  redisMs: number
  walBytes: number
}

async function readUse(lab: Lab, place: Place, programs: Program[]): Promise<Use> {
  // The place in the log is exact. The statistics are not: sessions tell what they wrote after up to ten seconds.
  const { rows } = await place.owner.query<{ wal: string }>("SELECT (pg_current_wal_insert_lsn() - '0/0')::text AS wal")
  return {
    nodeMs: programs.reduce((sum, program) => sum + program.cpuMs(), 0),
    postgresMs: await lab.postgresCpuMs(),
    redisMs: readCpuMs(lab.redisPid),
    walBytes: Number(rows[0]?.wal ?? NaN),
  }
}
