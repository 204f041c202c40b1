import { createWaker, connectJobs, DrainLane } from '@tellwire/jobs'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Target } from '../contenders/bare-sender.js'
import type { Lab, Place } from '../lab.js'
import type { Program } from '../program.js'
import { compare, measure, type Report } from '../result.js'
import {
  hasPending,
  parkLanes,
  type SeededBot,
  type SeededTenant,
  seedBots,
  seedTenants,
  seedUsers,
  seedWaiting,
} from '../seed.js'

const botCount = 200
/** Sent before the clock runs, so that what compiles and connects has done so. */
const warmUpCount = 2_000

interface Round {
  perSecond: number
  /** CPU time a delivery, in milliseconds. */
  cpuMsEach: number
  postgresMsEach: number
}

type Name = 'ours' | 'bullmq-prisma' | 'grammy' | 'undici' | 'pg-boss'

/** What waits in 200 lanes, sent and settled, without limits; the peers do the same, or only send. */
export async function benchDrain(lab: Lab, report: Report): Promise<{ cpuMsEach: Record<string, number> }> {
  const count = 40_000
  const roundsMax = lab.isQuick ? 1 : 5
  const rounds: Record<Name, Round[]> = { ours: [], 'bullmq-prisma': [], grammy: [], undici: [], 'pg-boss': [] }
  const names: Name[] = lab.isQuick
    ? ['ours', 'bullmq-prisma', 'grammy', 'undici']
    : ['ours', 'bullmq-prisma', 'grammy', 'undici', 'pg-boss']
  lab.telegram.configure({ isLimited: false, fallback: { rate: 1_000, latencyMs: 0 } })

  for (let round = 0; round < roundsMax; round++) {
    for (const name of names) {
      // The slow ones get less to do: what counts is done in a second.
      const own = name === 'bullmq-prisma' || name === 'pg-boss' ? Math.ceil(count / 8) : count
      rounds[name].push(await runRound(lab, name, own))
    }
  }

  const rates = (name: Name): number[] => rounds[name].map(({ perSecond }) => perSecond)
  const cpu = (name: Name): number => rounds[name][0]?.cpuMsEach ?? NaN
  const about = { unit: 'deliveries/s', n: count }
  const against = (name: Name, goal: string) =>
    compare(rates('ours'), rates(name), {
      ...about,
      goal,
      notes: { 'cpu ms each, ours': round2(cpu('ours')), 'cpu ms each, peer': round2(cpu(name)) },
    })
  report.set('drain_vs_bullmq_prisma', against('bullmq-prisma', '>= 5'))
  report.set('drain_vs_grammy', against('grammy', '>= 1.2'))
  report.set('drain_vs_undici', against('undici', '>= 0.33'))
  const each = { unit: 'ms of CPU a delivery', n: count }
  const ownRounds = (read: (round: Round) => number): number[] => rounds.ours.map((round) => round2(read(round)))
  report.set(
    'drain_node_ms',
    measure(
      ownRounds(({ cpuMsEach }) => cpuMsEach),
      { ...each, goal: '<= 0.1' },
    ),
  )
  report.set(
    'drain_pg_ms',
    measure(
      ownRounds(({ postgresMsEach }) => postgresMsEach),
      { ...each, goal: '<= 0.07' },
    ),
  )
  if (rounds['pg-boss'].length > 0) report.set('drain_vs_pg_boss', against('pg-boss', 'none'))
  return { cpuMsEach: { ours: cpu('ours'), 'bullmq-prisma': cpu('bullmq-prisma') } }
}

/** Of the kind that people send; ours is rendered. */
function orderText(number: number): string {
  return `**Order ${number}** has shipped: [track it](https://example.com/t/${number})`
}

function round2(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

async function runRound(lab: Lab, name: Name, count: number): Promise<Round> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: botCount, rate: 1_000 })
  await seedUsers(place, tenant, bots, { count })
  await lab.redis.flushall()
  lab.telegram.reset()
  const run = { ours: runOurs, 'bullmq-prisma': runBullmq, grammy: runBare, undici: runBare, 'pg-boss': runPgBoss }[
    name
  ]
  const round = await run(lab, { place, tenant, bots, count, name })
  await assertDelivered(lab, count)
  await place.close()
  return round
}

interface Scene {
  place: Place
  tenant: SeededTenant
  bots: SeededBot[]
  count: number
  name: Name
}

async function runOurs(lab: Lab, { place, tenant, bots, count }: Scene): Promise<Round> {
  await parkLanes(place, true)
  const worker = await lab.startWorker(place)
  const drain = async (waiting: number): Promise<Round> => {
    await seedWaiting(place, tenant, { count: waiting })
    lab.telegram.reset()
    return timed(lab, [worker], waiting, async () => {
      await parkLanes(place, false)
      await wakeLanes(place, bots)
      while (await hasPending(place)) await delay(10)
    })
  }
  await drain(warmUpCount)
  await parkLanes(place, true)
  // A turn that is under way ends when its lane is empty, not when it is parked.
  await delay(1_000)
  const round = await drain(count)
  await worker.stop()
  return round
}

/** As the API does when it has accepted something. */
export async function wakeLanes(place: Place, bots: SeededBot[]): Promise<void> {
  const jobs = connectJobs({ redisUrl: place.env['REDIS_URL'], databaseUrl: place.engineUrl, onError: () => undefined })
  const waker = createWaker(jobs, (error) => console.error(error.message))
  while (!(await jobs.ping())) await delay(10)
  for (const { id: botId } of bots) waker.wake(DrainLane, { botId })
  await waker.close()
  await jobs.close()
}

async function runBullmq(lab: Lab, { place, tenant, count }: Scene): Promise<Round> {
  const worker = await lab.startContender('bullmq-worker', place, { AUTORUN: 'false' })
  const drain = async (waiting: number, total: number): Promise<Round> => {
    await seedWaiting(place, tenant, { count: waiting })
    await ask(worker, { type: 'fill' })
    lab.telegram.reset()
    return timed(lab, [worker], waiting, async () => {
      worker.child.send({ type: 'run' })
      await waitForStatus(place, total)
    })
  }
  const warmUp = warmUpCount / 4
  await drain(warmUp, warmUp)
  const round = await drain(count, warmUp + count)
  await worker.stop()
  return round
}

async function runPgBoss(lab: Lab, { place, tenant, bots, count }: Scene): Promise<Round> {
  await seedWaiting(place, tenant, { count })
  const worker = await lab.startContender('pg-boss-worker', place, { OWNER_URL: place.ownerUrl })
  await ask(worker, { type: 'fill', tokens: Object.fromEntries(bots.map(({ id, token }) => [id, token])) })
  const round = await timed(lab, [worker], count, async () => {
    worker.child.send({ type: 'run' })
    await waitForStatus(place, count)
  })
  await worker.stop()
  return round
}

async function runBare(lab: Lab, { place, bots, count, name }: Scene): Promise<Round> {
  const sender = await lab.startContender('bare-sender', place, { PEER: name })
  const send = async (messages: number): Promise<Round> => {
    const targets = Array.from({ length: messages }, (_, index): Target => ({
      token: bots[index % bots.length]?.token ?? '',
      chatId: index + 1,
      text: orderText(index + 1),
    }))
    lab.telegram.reset()
    return timed(lab, [sender], messages, async () => {
      await ask(sender, { targets })
    })
  }
  await send(warmUpCount)
  const round = await send(count)
  await sender.stop()
  return round
}

async function timed(lab: Lab, programs: Program[], count: number, work: () => Promise<void>): Promise<Round> {
  const postgresBefore = await lab.postgresCpuMs()
  const cpuBefore = programs.reduce((sum, program) => sum + program.cpuMs(), 0)
  const beganMs = nowMs()
  await work()
  const seconds = (nowMs() - beganMs) / 1_000
  const cpuMs = programs.reduce((sum, program) => sum + program.cpuMs(), 0) - cpuBefore
  const postgresMs = (await lab.postgresCpuMs()) - postgresBefore
  return { perSecond: count / seconds, cpuMsEach: cpuMs / count, postgresMsEach: postgresMs / count }
}

function ask(program: Program, order: object): Promise<unknown> {
  return new Promise((resolve) => {
    program.child.once('message', resolve)
    program.child.send(order)
  })
}

async function waitForStatus(place: Place, count: number): Promise<void> {
  let sent = 0
  while (sent < count) {
    await delay(50)
    const { rows } = await place.owner.query<{ count: number }>(
      "SELECT count(*)::int AS count FROM deliveries WHERE status = 'sent'",
    )
    sent = rows[0]?.count ?? 0
  }
}

/** Every message once, and no other. */
async function assertDelivered(lab: Lab, count: number): Promise<void> {
  const texts = (await lab.telegram.arrivals()).map(({ text }) => text)
  const distinct = new Set(texts)
  if (texts.length !== count || distinct.size !== count)
    throw new Error(`${count} were to arrive; ${distinct.size} did, ${texts.length - distinct.size} of them again`)
}
