import { setTimeout as delay } from 'node:timers/promises'
import { Pool, request } from 'undici'
import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import { measure, quantile, type Report } from '../result.js'
import { type SeededTenant, seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import { wakeLanes } from './drain.js'

const rate = 500
const smallTenants = 49
const postsEach = 40
const dueInMs = 2_000

interface Run {
  p99Ms: number
  jain: number
}

/**
 * A whale with a long backlog and 49 tenants that post at the same moment, all on one shared bot. Accepting it
 * all takes a while in which those that came first are served, so shares are compared in a second round, whose
 * notifications are all due at one moment.
 */
export async function benchFairness(lab: Lab, report: Report): Promise<void> {
  const whaleCount = lab.isQuick ? 20_000 : 100_000
  const rounds = lab.isQuick ? 1 : 5
  const withWhale: Run[] = []
  const solo: Run[] = []
  for (let round = 0; round < rounds; round++) {
    solo.push(await runOnce(lab, 0))
    withWhale.push(await runOnce(lab, whaleCount))
  }
  report.set(
    'fairness_jain',
    measure(
      withWhale.map(({ jain }) => jain),
      {
        goal: '>= 0.99',
        unit: "Jain's index",
        n: smallTenants * postsEach,
        notes: { 'waiting of the whale': whaleCount },
      },
    ),
  )
  const ratios = withWhale.map(({ p99Ms }, round) => p99Ms / (solo[round]?.p99Ms ?? NaN))
  report.set('small_tenant_p99_vs_solo', {
    ...measure(ratios, { goal: '<= 1.5', unit: 'ratio of p99', n: smallTenants * postsEach }),
    notes: {
      'p99 ms beside the whale': Math.round(withWhale[0]?.p99Ms ?? NaN),
      'p99 ms alone': Math.round(solo[0]?.p99Ms ?? NaN),
    },
  })
}

async function runOnce(lab: Lab, whaleCount: number): Promise<Run> {
  await lab.redis.flushall()
  const place = await lab.createPlace()
  const tenants = await seedTenants(place, smallTenants + 1)
  const [whale, ...small] = tenants
  if (!whale) throw new Error('no tenant')
  const bots = await seedBots(place, tenants, { count: 1, rate })
  for (const [index, tenant] of small.entries())
    await seedUsers(place, tenant, bots, { count: postsEach, chatBase: 1_000_000 * (index + 1) })
  if (whaleCount > 0) {
    await seedUsers(place, whale, bots, { count: whaleCount })
    await seedWaiting(place, whale, { count: whaleCount })
  }
  lab.telegram.reset()
  lab.telegram.configure({ isLimited: false, fallback: { rate, latencyMs: 5 } })
  const [api, worker] = await Promise.all([lab.startApi(place), lab.startWorker(place)])
  await wakeLanes(place, bots)
  await delay(1_500)

  await warmUp(api.port, small)
  const postedAtMs = await postAll(api.port, small, 'now')
  const p99Ms = p99Of(await waitForAll(lab, postedAtMs), postedAtMs)
  const jain = whaleCount > 0 ? await compareShares(lab, place, { port: api.port, small }) : NaN
  await worker.stop()
  await api.stop()
  await place.close()
  return { p99Ms, jain }
}

async function compareShares(
  lab: Lab,
  place: Place,
  { port, small }: { port: number; small: SeededTenant[] },
): Promise<number> {
  const posted = await postAll(port, small, 'due', new Date(Date.now() + dueInMs))
  // All of them have joined the lane when none is left outside.
  const isOutside = async (): Promise<boolean> =>
    (await place.owner.query('SELECT FROM waiting_deliveries LIMIT 1')).rows.length > 0
  if (!(await isOutside())) throw new Error('posting took longer than the time until they were due')
  while (await isOutside()) await delay(10)
  const joinedAtMs = nowMs()
  return jainOf(await waitForAll(lab, posted), joinedAtMs)
}

/** The first requests of a process connect and compile. These reach nobody. */
async function warmUp(port: number, tenants: SeededTenant[]): Promise<void> {
  const notifications = Array.from({ length: postsEach }, () => ({ to: { user_id: 'nobody' }, text: 'warm' }))
  for (let round = 0; round < 3; round++) {
    await Promise.all(
      tenants.map(async ({ key }) => {
        const { body } = await request(`http://127.0.0.1:${port}/v1/notifications/batch`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ notifications }),
        })
        await body.dump()
      }),
    )
  }
}

/** Each tenant posts all of its own in one batch. @returns when each was posted, by its text: round, tenant, number. */
async function postAll(
  port: number,
  tenants: SeededTenant[],
  round: string,
  sendAt?: Date,
): Promise<Map<string, number>> {
  const http = new Pool(`http://127.0.0.1:${port}`, { connections: 64 })
  const posted = new Map<string, number>()
  await Promise.all(
    tenants.map(async ({ key }, tenant) => {
      const notifications = Array.from({ length: postsEach }, (_, post) => ({
        to: { user_id: `u${1 + post}` },
        text: `${round} ${tenant} ${post}`,
        ...(sendAt ? { send_at: sendAt.toISOString() } : {}),
      }))
      for (const { text } of notifications) posted.set(text, nowMs())
      const { statusCode, body } = await http.request({
        method: 'POST',
        path: '/v1/notifications/batch',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ notifications }),
      })
      await body.dump()
      if (statusCode !== 202) throw new Error(`a batch was answered ${statusCode}`)
    }),
  )
  await http.close()
  return posted
}

interface Sent {
  text: string
  atMs: number
}

async function waitForAll(lab: Lab, posted: Map<string, number>): Promise<Sent[]> {
  const deadlineMs = nowMs() + 60_000
  for (;;) {
    await delay(500)
    const arrivals = await lab.telegram.arrivals()
    if (arrivals.filter(({ text }) => posted.has(text)).length >= posted.size) return arrivals
    if (nowMs() > deadlineMs) throw new Error('not all of the small tenants were served')
  }
}

/** Over the sends of all tenants from when the last had joined until the first small tenant has all of its own. */
function jainOf(arrivals: Sent[], joinedAtMs: number): number {
  const all = new Map<string, number>()
  const counts = new Map<string, number>()
  for (const { text, atMs } of arrivals) {
    const [round, number] = text.split(' ')
    const tenant = round === 'due' ? (number ?? '') : 'whale'
    all.set(tenant, (all.get(tenant) ?? 0) + 1)
    if (atMs >= joinedAtMs) counts.set(tenant, (counts.get(tenant) ?? 0) + 1)
    if (tenant !== 'whale' && all.get(tenant) === postsEach) break
  }
  const shares = [...counts.values()]
  const sum = shares.reduce((total, share) => total + share, 0)
  const squares = shares.reduce((total, share) => total + share * share, 0)
  return (sum * sum) / ((smallTenants + 1) * squares)
}

function p99Of(arrivals: Sent[], posted: Map<string, number>): number {
  const latencies = arrivals.flatMap(({ text, atMs }) => {
    const postedAtMs = posted.get(text)
    return postedAtMs === undefined ? [] : [atMs - postedAtMs]
  })
  return quantile(latencies, 0.99)
}

/** One-time codes while a broadcast goes out on the same bot at 30 a second, against a limiter that is on already. */
export async function benchHighPriority(lab: Lab, report: Report): Promise<void> {
  const audience = lab.isQuick ? 20_000 : 100_000
  const seconds = lab.isQuick ? 5 : 60
  const place = await lab.createPlace()
  const tenants = await seedTenants(place, 2)
  const [sender, codes] = tenants
  if (!sender || !codes) throw new Error('no tenant')
  const bots = await seedBots(place, tenants, { count: 1, rate: 30 })
  await seedUsers(place, sender, bots, { count: audience })
  await seedUsers(place, codes, bots, { count: 1_000, chatBase: 1_000_000 })
  const [api, worker] = await Promise.all([lab.startApi(place), lab.startWorker(place)])
  const http = new Pool(`http://127.0.0.1:${api.port}`, { connections: 4 })
  const post = async (tenant: SeededTenant, body: object): Promise<void> => {
    const response = await http.request({
      method: 'POST',
      path: '/v1/notifications',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    await response.body.dump()
  }
  await post(sender, { to: { everyone: true }, text: 'broadcast', priority: 'bulk' })
  await delay(3_000)

  const delays: number[] = []
  const endsMs = nowMs() + seconds * 1_000
  for (let code = 0; nowMs() < endsMs; code++) {
    const text = `code ${code}`
    const beganMs = nowMs()
    const arrival = lab.telegram.arrivalOf(text)
    await post(codes, { to: { user_id: `u${1 + (code % 1_000)}` }, text, priority: 'high' })
    delays.push((await arrival) - beganMs)
    await delay(20 + Math.random() * 60)
  }
  const own = String(bots[0]?.telegramId)
  const refused = (await lab.telegram.arrivals()).filter(({ bot, isAccepted }) => bot === own && !isAccepted).length
  await http.close()
  await worker.stop()
  await api.stop()
  await place.close()
  if (refused > 0) throw new Error(`${refused} 429s were seen`)
  report.set('high_priority_delay_ms_p99', {
    ...measure([quantile(delays, 0.99)], { goal: '<= 250', unit: 'ms', n: delays.length }),
    notes: { 'median ms': Math.round(quantile(delays, 0.5)), audience },
  })
}
