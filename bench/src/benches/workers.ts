import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Lab } from '../lab.js'
import { compare, type Report } from '../result.js'
import { parkLanes, seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import { wakeLanes } from './drain.js'

const botCount = 40
const rate = 30
/** So many calls a worker may have open, of which each takes so long: it is the limit then, and not this machine. */
const callsMax = 64
const latencyMs = 200
const settleMs = 3_000

/** Lanes at Telegram's rates with more to send than one worker can have under way: two worker processes against one. */
export async function benchWorkers(lab: Lab, report: Report): Promise<void> {
  const windowMs = lab.isQuick ? 6_000 : 15_000
  const [two, one]: [number[], number[]] = [[], []]
  for (let round = 0; round < (lab.isQuick ? 1 : 3); round++) {
    one.push(await measureRate(lab, 1, windowMs))
    two.push(await measureRate(lab, 2, windowMs))
  }
  report.set(
    'workers_2_vs_1',
    compare(two, one, {
      goal: '>= 1.9',
      unit: 'deliveries/s',
      n: windowMs,
      notes: { lanes: botCount, 'their rate': rate, 'calls of a worker': callsMax, 'round trip, ms': latencyMs },
    }),
  )
}

async function measureRate(lab: Lab, workerCount: number, windowMs: number): Promise<number> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: botCount, rate })
  const count = Math.ceil(((windowMs + settleMs) / 1_000 + 2) * rate * botCount)
  await seedUsers(place, tenant, bots, { count })
  await parkLanes(place, true)
  await seedWaiting(place, tenant, { count })
  await lab.redis.flushall()
  lab.telegram.reset()
  lab.telegram.configure({ isLimited: true, bots: {}, fallback: { rate, latencyMs } })
  const env = { TELEGRAM_CONNECTIONS: String(callsMax) }
  const workers = await Promise.all(Array.from({ length: workerCount }, () => lab.startWorker(place, env)))
  await parkLanes(place, false)
  await wakeLanes(place, bots)
  const fromMs = nowMs() + settleMs
  await delay(settleMs + windowMs)
  const arrivals = await lab.telegram.arrivals()
  await Promise.all(workers.map((worker) => worker.stop()))
  await place.close()
  if (arrivals.some(({ isAccepted }) => !isAccepted)) throw new Error('a 429 was seen')
  return arrivals.filter(({ atMs }) => atMs >= fromMs && atMs < fromMs + windowMs).length / (windowMs / 1_000)
}
