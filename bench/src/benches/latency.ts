import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import type { Program } from '../program.js'
import { compare, quantile, type Report } from '../result.js'
import { seedBots, seedTenants, seedUsers } from '../seed.js'

const users = 1_000

interface Stack {
  place: Place
  programs: Program[]
  port: number
  key: string
  latencies: number[]
}

/** From the POST to the arrival at Telegram, one after the other, ours and the peer's in turn. */
export async function benchLatency(lab: Lab, report: Report): Promise<void> {
  const posts = lab.isQuick ? 200 : 500
  await lab.redis.flushall()
  lab.telegram.configure({ isLimited: false, isWatched: true, fallback: { rate: 1_000, latencyMs: 0 } })
  const stacks = await Promise.all([startOurs(lab), startPeer(lab)])
  const http = stacks.map(({ port }) => new Pool(`http://127.0.0.1:${port}`, { connections: 2 }))

  for (let post = 0; post < posts + 20; post++) {
    for (const [index, stack] of stacks.entries()) {
      const text = `latency ${index} ${post}`
      const beganMs = nowMs()
      const arrival = lab.telegram.arrivalOf(text)
      const response = await http[index]?.request({
        method: 'POST',
        path: '/v1/notifications',
        headers: {
          authorization: `Bearer ${stack.key}`,
          'content-type': 'application/json',
          'idempotency-key': text,
        },
        body: JSON.stringify({ to: { user_id: `u${1 + (post % users)}` }, text }),
      })
      await response?.body.dump()
      const latencyMs = (await arrival) - beganMs
      // The first ones warm up what compiles and connects.
      if (post >= 20) stack.latencies.push(latencyMs)
      await delay(2)
    }
  }

  lab.telegram.configure({ isWatched: false })
  await Promise.all(http.map((pool) => pool.close()))
  const [ours, peer] = stacks.map(({ latencies }) => latencies)
  report.set('latency_vs_prisma_bullmq', {
    ...compare([quantile(ours ?? [], 0.5)], [quantile(peer ?? [], 0.5)], { goal: '<= 0.6', unit: 'ms', n: posts }),
    notes: { 'p99, ours': round2(quantile(ours ?? [], 0.99)), 'p99, peer': round2(quantile(peer ?? [], 0.99)) },
  })
  for (const { programs, place } of stacks) {
    await Promise.all(programs.map((program) => program.stop()))
    await place.close()
  }
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}

async function preparePlace(lab: Lab): Promise<{ place: Place; key: string }> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  await seedUsers(place, tenant, await seedBots(place, [tenant], { count: 1, rate: 1_000 }), { count: users })
  return { place, key: tenant.key }
}

async function startOurs(lab: Lab): Promise<Stack> {
  const { place, key } = await preparePlace(lab)
  const [api, worker] = await Promise.all([lab.startApi(place), lab.startWorker(place)])
  return { place, key, programs: [api, worker], port: api.port, latencies: [] }
}

async function startPeer(lab: Lab): Promise<Stack> {
  const { place, key } = await preparePlace(lab)
  const [api, worker] = await Promise.all([
    lab.startContender('accept-peer', place, { PEER: 'prisma-bullmq' }),
    lab.startContender('bullmq-worker', place),
  ])
  return { place, key, programs: [api, worker], port: api.port, latencies: [] }
}
