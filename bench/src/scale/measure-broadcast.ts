import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import { seedBots, seedTenants, seedUsers } from '../seed.js'
import { round } from './figures.js'
import { type Scene, startLargeWorker } from './scene.js'

/** A broadcast to very many is cancelled while it waits in its lane. */
export async function measureBroadcast(scene: Scene): Promise<void> {
  const { size, large, set } = scene
  const { place, api } = large
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 1, rate: 30 })
  await seedUsers(place, tenant, bots, { count: size.audience, chatBase: 800_000_000 })
  await place.owner.query("UPDATE lanes SET parked_reason = 'bench' WHERE bot_id = $1", [bots[0]?.id])
  const worker = await startLargeWorker(scene)
  const call = async (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ ms: number; body: Record<string, unknown> }> => {
    const beganMs = nowMs()
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tenant.key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { ms: nowMs() - beganMs, body: (await response.json()) as Record<string, unknown> }
  }
  const { body } = await call('POST', '/v1/notifications', { to: { everyone: true }, text: 'to all' })
  const path = `/v1/notifications/${String(body['id'])}`
  const progressOf = async (): Promise<{ ms: number; expected: number | null; status: unknown }> => {
    const answer = await call('GET', path)
    const progress = answer.body['progress'] as { expected: number | null }
    return { ms: answer.ms, expected: progress.expected, status: answer.body['status'] }
  }
  while ((await progressOf()).expected === null) await delay(200)
  const beganMs = nowMs()
  const cancel = await call('POST', `${path}/cancel`)
  let longest = cancel.ms
  for (;;) {
    const { ms, status } = await progressOf()
    longest = Math.max(longest, ms)
    if (status === 'settled') break
    await delay(100)
  }
  const seconds = (nowMs() - beganMs) / 1_000
  await worker.stop()
  set('broadcast_1m_cancel_s', { ours: round(seconds), unit: 's', n: size.audience }, { max: 60 })
  set('broadcast_1m_request_ms_max', { ours: Math.round(longest), unit: 'ms', n: size.audience }, { max: 1_000 })
}
