import { setTimeout as delay } from 'node:timers/promises'
import { request } from 'undici'
import { nowMs } from '../clock.js'
import type { Lab } from '../lab.js'
import { measure, type Report } from '../result.js'
import { seedBots, seedTenants, seedUsers } from '../seed.js'

/** A broadcast to everyone, from the POST until every recipient can be claimed. */
export async function benchExpand(lab: Lab, report: Report): Promise<void> {
  const audience = lab.isQuick ? 200_000 : 1_000_000
  const rates: number[] = []
  const answers: number[] = []
  for (let round = 0; round < (lab.isQuick ? 1 : 3); round++) {
    const { perSecond, answeredMs } = await runOnce(lab, audience)
    rates.push(perSecond)
    answers.push(answeredMs)
  }
  report.set('broadcast_expand_per_s', {
    ...measure(rates, { goal: '>= 30000', unit: 'recipients/s', n: audience }),
    notes: { 'ms until the answer': Math.round(Math.max(...answers)) },
  })
}

async function runOnce(lab: Lab, audience: number): Promise<{ perSecond: number; answeredMs: number }> {
  await lab.redis.flushall()
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  await seedUsers(place, tenant, await seedBots(place, [tenant], { count: 1, rate: 30 }), { count: audience })
  lab.telegram.reset()
  lab.telegram.configure({ isLimited: false, bots: {}, fallback: { rate: 30, latencyMs: 20 } })
  const [api, worker] = await Promise.all([lab.startApi(place), lab.startWorker(place)])
  const post = async (to: object) => {
    const { statusCode, body } = await request(`http://127.0.0.1:${api.port}/v1/notifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to, text: 'hello', priority: 'bulk' }),
    })
    await body.dump()
    return statusCode
  }
  // The first requests of a process connect and compile.
  for (let first = 1; first <= 20; first++) await post({ user_id: `u${first}` })
  await delay(1_000)

  const beganMs = nowMs()
  const statusCode = await post({ everyone: true })
  const answeredMs = nowMs() - beganMs
  if (statusCode !== 202) throw new Error(`the broadcast was answered ${statusCode}`)
  for (;;) {
    const { rows } = await place.owner.query<{ is_expanded: boolean; expanded: number }>(
      'SELECT is_expanded, expanded::int FROM broadcasts',
    )
    if (rows[0]?.is_expanded) {
      if (rows[0].expanded !== audience) throw new Error(`${rows[0].expanded} of ${audience} were expanded`)
      break
    }
    await delay(20)
  }
  const seconds = (nowMs() - beganMs) / 1_000
  await worker.stop()
  await api.stop()
  await place.close()
  return { perSecond: audience / seconds, answeredMs }
}
