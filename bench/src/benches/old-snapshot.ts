import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'
import type { Lab, Place } from '../lab.js'
import { compare, type Report } from '../result.js'
import { seedBots, seedTenants, seedUsers } from '../seed.js'

const users = 4_000
const botCount = 8
/** As much as these bots may send, with a little room. */
const postsPerTick = 16
const tickMs = 100
const warmUpSeconds = 5

/**
 * What Postgres spends on a delivery while somebody holds an old snapshot (a dump, an idle transaction), so that nothing
 * that was sent can be cleared away; against the same without.
 */
export async function benchOldSnapshot(lab: Lab, report: Report): Promise<void> {
  const seconds = lab.isQuick ? 40 : 600
  lab.telegram.reset()
  lab.telegram.configure({ isLimited: false, isWatched: false, fallback: { rate: 1_000, latencyMs: 20 } })
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  await seedUsers(place, tenant, await seedBots(place, [tenant], { count: botCount, rate: 30 }), { count: users })
  const programs = await Promise.all([lab.startApi(place), lab.startWorker(place)])
  const load = (forSeconds: number) => measureLoad(lab, place, { port: programs[0].port, key: tenant.key, forSeconds })

  await load(warmUpSeconds)
  const without = await load(seconds)
  const reader = await place.owner.connect()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await reader.query('SELECT count(*) FROM tenants')
  const withSnapshot = await load(seconds)
  await reader.query('ROLLBACK')
  reader.release()

  report.set('claim_under_old_snapshot', {
    ...compare([withSnapshot.postgresMs], [without.postgresMs], {
      goal: '<= 1.5',
      unit: 'ms of Postgres a delivery',
      n: withSnapshot.count,
      notes: { seconds, 'waited, s, with': withSnapshot.lagSeconds, 'waited, s, without': without.lagSeconds },
    }),
  })
  await Promise.all(programs.map((program) => program.stop()))
  await place.close()
}

interface Load {
  count: number
  /** Of CPU, for each delivery, from the request to the settlement. */
  postgresMs: number
  /** From the last request until nothing waited any more. */
  lagSeconds: number
}

async function measureLoad(
  lab: Lab,
  place: Place,
  { port, key, forSeconds }: { port: number; key: string; forSeconds: number },
): Promise<Load> {
  const http = new Pool(`http://127.0.0.1:${port}`, { connections: postsPerTick })
  const before = await lab.postgresCpuMs()
  const beganMs = nowMs()
  let count = 0
  for (let tick = 0; tick < (forSeconds * 1_000) / tickMs; tick++) {
    await Promise.all(
      Array.from({ length: postsPerTick }, async () => {
        const { body, statusCode } = await http.request({
          method: 'POST',
          path: '/v1/notifications',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ to: { user_id: `u${1 + (count++ % users)}` }, text: 'Your *order* is on its way' }),
        })
        await body.dump()
        if (statusCode !== 202) throw new Error(`a notification was answered ${statusCode}`)
      }),
    )
    await delay(Math.max(0, beganMs + (tick + 1) * tickMs - nowMs()))
  }
  const endedMs = nowMs()
  while (await isAnythingWaiting(place)) await delay(50)
  await http.close()
  return {
    count,
    postgresMs: ((await lab.postgresCpuMs()) - before) / count,
    lagSeconds: Math.round((nowMs() - endedMs) / 100) / 10,
  }
}

async function isAnythingWaiting({ owner }: Place): Promise<boolean> {
  const { rows } = await owner.query<{ waits: boolean }>('SELECT EXISTS (SELECT FROM pending_deliveries) AS waits')
  return rows[0]?.waits === true
}
