import {
  acquireLanes,
  type ClaimedDelivery,
  claimDeliveries,
  newId,
  nilUuid,
  releaseLanes,
  settleDeliveries,
} from '@tellwire/db'
import { Queue } from 'bullmq'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import { compare, measure, median, type Report } from '../result.js'
import { parkLanes, seedBots, seedBroadcast, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import { wakeLanes } from './drain.js'
import type { Program } from '../program.js'

const claims = 150
const claimSize = 30

/** What a claim costs with very much waiting, against a thousand; and again after 100k were settled without a vacuum. */
export async function benchClaimCost(lab: Lab, report: Report): Promise<void> {
  const many = lab.isQuick ? 200_000 : 1_000_000
  const settled = lab.isQuick ? 20_000 : 100_000
  const [small, large] = await Promise.all([prepareLane(lab, 1_000), prepareLane(lab, many)])
  await large.place.owner.query('ALTER TABLE pending_deliveries SET (autovacuum_enabled = off)')

  const rounds = lab.isQuick ? 1 : 5
  const before: { small: number[]; large: number[] } = { small: [], large: [] }
  for (let round = 0; round < rounds; round++) {
    before.small.push(await timeClaims(small))
    before.large.push(await timeClaims(large))
  }
  await settleMany(large, settled)
  const after = { small: await timeClaims(small), large: await timeClaims(large) }
  await Promise.all([small.place.close(), large.place.close()])

  const atStart = median(before.large) / median(before.small)
  const later = after.large / after.small
  report.set('claim_cost_1m_vs_1k', {
    ...compare([...before.large, after.large], [...before.small, after.small], {
      goal: '<= 1.2',
      unit: 'ms a claim',
      n: many,
      notes: {
        'ratio at the start': round3(atStart),
        'ratio after settling': round3(later),
        settled,
      },
    }),
    ratio: Math.max(atStart, later),
  })
}

function round3(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

export interface LaneUnderTest {
  place: Place
  botId: string
  tenantId: string
  /** Where the scan goes on, as a worker remembers it. */
  chatId: string | undefined
}

export async function prepareLane(lab: Lab, waiting: number): Promise<LaneUnderTest> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  const bots = tenant ? await seedBots(place, [tenant], { count: 1, rate: 1_000 }) : []
  const [bot] = bots
  if (!tenant || !bot) throw new Error('no bot')
  await seedUsers(place, tenant, bots, { count: waiting })
  await seedBroadcast(place, tenant)
  await place.owner.query('VACUUM ANALYZE pending_deliveries')
  return {
    place,
    botId: bot.id,
    tenantId: tenant.id,
    chatId: undefined,
  }
}

async function claim(lane: LaneUnderTest, turnId: string, count: number): Promise<ClaimedDelivery[]> {
  const [claimed] = await claimDeliveries(lane.place.engine, [
    {
      botId: lane.botId,
      turnId,
      countsMax: [count, count, count],
      virtualTime: 0,
      positions: new Map([[lane.tenantId, { chatIds: [undefined, lane.chatId], finishTime: 0 }]]),
      served: new Map(),
      busyChats: [],
      afterTenants: [nilUuid, nilUuid, nilUuid],
      lookahead: 8,
      takesInFlight: true,
      seqFloors: [0n, 0n, 0n],
      tellsSeqs: false,
    },
  ])
  const deliveries = claimed?.deliveries ?? []
  lane.chatId = deliveries.at(-1)?.chatId ?? lane.chatId
  return deliveries
}

async function release(lane: LaneUnderTest, turnId: string): Promise<void> {
  await releaseLanes(lane.place.engine, [
    {
      botId: lane.botId,
      turnId,
      nextDueInMs: undefined,
      permitsFreeInMs: 0,
      pauseMs: undefined,
      parkedReason: undefined,
      isRestored: false,
      tokenVersion: 0,
      learnedRate: undefined,
    },
  ])
}

/** The median of claims that are undone at once. */
export async function timeClaims(lane: LaneUnderTest): Promise<number> {
  const { engine } = lane.place
  const turnId = newId()
  await acquireLanes(engine, [{ botId: lane.botId, turnId }])
  const times: number[] = []
  for (let round = 0; round < claims; round++) {
    const beganMs = nowMs()
    const deliveries = await claim(lane, turnId, claimSize)
    times.push(nowMs() - beganMs)
    await settleDeliveries(
      engine,
      deliveries.map(({ id }) => settlement(id, turnId, 'release')),
    )
  }
  await release(lane, turnId)
  return median(times)
}

async function settleMany(lane: LaneUnderTest, count: number): Promise<void> {
  const { engine } = lane.place
  const turnId = newId()
  await acquireLanes(engine, [{ botId: lane.botId, turnId }])
  for (let settled = 0; settled < count;) {
    const deliveries = await claim(lane, turnId, 500)
    if (deliveries.length === 0) throw new Error('the lane ran dry')
    await settleDeliveries(
      engine,
      deliveries.map(({ id }) => settlement(id, turnId, 'sent')),
    )
    await lane.place.owner.query("UPDATE lanes SET lease_until = now() + interval '1 minute'")
    settled += deliveries.length
  }
  await release(lane, turnId)
}

function settlement(id: string, turnId: string, result: 'sent' | 'release') {
  return {
    id,
    turnId,
    result,
    messageIds: result === 'sent' ? [1] : [],
    failure: undefined,
    dropped: undefined,
    messageCount: 1,
    retryInMs: undefined,
    pauseChatMs: undefined,
    answeredAgoMs: undefined,
    isGroup: false,
  }
}

/** A worker's memory while it drains 200 bots steadily, with little and with very much waiting. */
export async function benchMemory(lab: Lab, report: Report): Promise<void> {
  const many = lab.isQuick ? 200_000 : 1_000_000
  const users = 50_000
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 200, rate: 5 })
  await seedUsers(place, tenant, bots, { count: users })
  lab.telegram.reset()
  lab.telegram.configure({ isLimited: false, bots: {}, fallback: { rate: 30, latencyMs: 20 } })
  const worker = await lab.startWorker(place, {}, [
    '--expose-gc',
    '--import',
    new URL('../memory-probe.js', import.meta.url).href,
  ])

  const readingsMb = async (waiting: number, count = 5): Promise<number> => {
    await parkLanes(place, true)
    await place.owner.query('TRUNCATE pending_deliveries')
    if (waiting > 1_000) for (let seeded = 0; seeded < waiting; seeded += users) await seedBroadcast(place, tenant)
    else await seedWaiting(place, tenant, { count: waiting })
    await parkLanes(place, false)
    await wakeLanes(place, bots)
    await delay(1_000)
    const readings: number[] = []
    for (let reading = 0; reading < count; reading++) {
      await top(place, waiting)
      await delay(lab.isQuick ? 300 : 2_000)
      readings.push(await readRssMb(worker))
    }
    return median(readings)
  }
  /** A little backlog is kept at its size; a large one does not shrink by much. */
  const top = async (at: Place, waiting: number): Promise<void> => {
    if (waiting <= 1_000) await seedWaiting(at, tenant, { count: 800 })
  }
  // The first run makes what stays: compiled code, connections, buffers.
  await readingsMb(1_000, 1)
  const little = await readingsMb(1_000)
  const much = await readingsMb(many)
  await worker.stop()
  await place.close()
  report.set('worker_rss_growth_mb', {
    ...measure([much - little], { goal: '<= 30', unit: 'MB', n: many }),
    notes: { 'MB with 1k': Math.round(little), 'MB with all': Math.round(much) },
  })
}

function readRssMb({ child }: Program): Promise<number> {
  return new Promise((resolve) => {
    const onMessage = (message: { type?: string; rss?: number }): void => {
      if (message.type !== 'rss') return
      child.off('message', onMessage)
      resolve((message.rss ?? NaN) / 1_048_576)
    }
    child.on('message', onMessage)
    child.send({ type: 'rss' })
  })
}

/** What Redis holds for 100k that wait for 200 bots: our wake-ups, against a job for each with nothing but ids. */
export async function benchRedisBytes(lab: Lab, report: Report): Promise<void> {
  const count = lab.isQuick ? 50_000 : 100_000
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  const bots = tenant ? await seedBots(place, [tenant], { count: 200, rate: 30 }) : []

  const usedBy = async (fill: () => Promise<void>): Promise<number> => {
    await lab.redis.flushall()
    await delay(500)
    const before = await usedMemory(lab)
    await fill()
    // The buffers of connections that have closed are gone by then.
    await delay(500)
    const bytes = (await usedMemory(lab)) - before
    if (bytes <= 0) throw new Error(`Redis used ${bytes} bytes more`)
    return bytes * (100_000 / count)
  }
  const ours = await usedBy(() => wakeLanes(place, bots))
  const peer = await usedBy(async () => {
    const queue = new Queue('peer-send', {
      connection: { host: '127.0.0.1', port: Number(new URL(lab.redisUrl).port) },
    })
    for (let first = 0; first < count; first += 5_000) {
      await queue.addBulk(
        Array.from({ length: 5_000 }, () => ({
          name: 'send',
          data: { tenantId: nilUuid, deliveryId: newId() },
          opts: { removeOnComplete: true, attempts: 5 },
        })),
      )
    }
    await queue.close()
  })
  await lab.redis.flushall()
  await place.close()
  report.set(
    'redis_bytes_vs_bullmq',
    compare([ours], [peer], { goal: '<= 0.02', unit: 'bytes per 100k waiting', n: count }),
  )
}

async function usedMemory({ redis }: Lab): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1] ?? NaN)
}
