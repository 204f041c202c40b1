import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../lab.js'
import { measure, type Report } from '../result.js'
import { type SeededBot, seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import type { Arrival } from '../telegram/messages.js'
import { mostInWindow } from '@tellwire/testing/sliding-window'
import { wakeLanes } from './drain.js'

const roundTripsMs = [20, 100, 200]
const rate = 30
const settleMs = 2_000

/** One saturated bot at each of three round trips: how much of what the permits allow it sends. */
export async function benchUtilisation(lab: Lab, report: Report): Promise<void> {
  const windowMs = lab.isQuick ? 8_000 : 20_000
  const rounds: number[] = []
  const each: Record<string, number> = {}
  for (let round = 0; round < (lab.isQuick ? 1 : 5); round++) {
    const parts = await saturate(lab, windowMs)
    rounds.push(Math.min(...parts))
    for (const [index, part] of parts.entries()) each[`at ${roundTripsMs[index]} ms`] = Math.round(part * 1_000) / 1_000
  }
  report.set(
    'utilisation',
    measure(rounds, { value: Math.min(...rounds), goal: '>= 0.97', unit: 'of the possible', n: windowMs, notes: each }),
  )
}

async function saturate(lab: Lab, windowMs: number): Promise<number[]> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: roundTripsMs.length, rate })
  const perBot = Math.ceil(((windowMs + settleMs + 3_000) / 1_000) * rate)
  await seedUsers(place, tenant, bots, { count: perBot * bots.length })
  await seedWaiting(place, tenant, { count: perBot * bots.length })
  lab.telegram.reset()
  lab.telegram.configure({
    isLimited: true,
    bots: Object.fromEntries(
      bots.map(({ telegramId }, index) => [telegramId, { rate, latencyMs: roundTripsMs[index] ?? 0 }]),
    ),
  })
  const worker = await lab.startWorker(place)
  await wakeLanes(place, bots)
  await delay(settleMs + windowMs + 1_500)
  const arrivals = await lab.telegram.arrivals()
  await worker.stop()
  await place.close()
  if (arrivals.some(({ isAccepted }) => !isAccepted)) throw new Error('a 429 was seen')
  return bots.map((bot, index) => {
    const times = timesOf(bot, arrivals)
    const beginsMs = (times[0] ?? 0) + settleMs
    const within = times.filter((atMs) => atMs >= beginsMs && atMs < beginsMs + windowMs).length
    const possible = (windowMs / 1_000) * (rate / (1 + (roundTripsMs[index] ?? 0) / 1_000))
    return within / possible
  })
}

function timesOf({ telegramId }: SeededBot, arrivals: Arrival[]): number[] {
  return arrivals.filter(({ bot }) => bot === String(telegramId)).map(({ atMs }) => atMs)
}

/** Across a kill -9 of the worker and a FLUSHALL, against a strict limiter, which is on already. */
export async function benchPace(lab: Lab, report: Report): Promise<void> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 2, rate })
  const count = lab.isQuick ? 700 : 3_000
  await seedUsers(place, tenant, bots, { count })
  await seedWaiting(place, tenant, { count })
  let worker = await lab.startWorker(place)
  await wakeLanes(place, bots)
  await delay(2_000)
  await worker.stop('SIGKILL')
  worker = await lab.startWorker(place)
  await delay(lab.isQuick ? 5_000 : 20_000)
  await lab.redis.flushall()
  await wakeLanes(place, bots)
  await delay(lab.isQuick ? 2_000 : 20_000)
  const own = new Set(bots.map(({ telegramId }) => String(telegramId)))
  const arrivals = (await lab.telegram.arrivals()).filter(({ bot }) => own.has(bot))
  await worker.stop()
  await place.close()
  const most = Math.max(...bots.map((bot) => mostInWindow(timesOf(bot, arrivals), 1_000)))
  const refused = arrivals.filter(({ isAccepted }) => !isAccepted).length
  const n = arrivals.length
  report.set('max_sliding_second', measure([most], { goal: '<= 30', unit: 'sends', n }))
  report.set('rate_limited', measure([refused], { goal: '0', unit: '429s', n }))
}
