import { setTimeout as delay } from 'node:timers/promises'
import { applyRetention, connectDatabase } from '@tellwire/db'
import { nowMs } from '../clock.js'
import { note, round } from './figures.js'
import type { Scene } from './scene.js'

/** What is too old is dropped, while notifications are accepted. */
export async function measureRetention({ large, set }: Scene): Promise<void> {
  const { place, tenant, api } = large
  const accept = async (): Promise<number> => {
    const beganMs = nowMs()
    const response = await fetch(`http://127.0.0.1:${api.port}/v1/notifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { user_id: 'u1' }, text: 'while partitions go' }),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`a notification was answered with ${response.status}`)
    return nowMs() - beganMs
  }
  // Each connection of the API plans what it runs the first times.
  for (let warmUp = 0; warmUp < 200; warmUp++) await accept()
  const db = connectDatabase({ url: place.engineUrl, poolMax: 2 })
  let isOver = false
  const dropping = applyRetention(db).finally(() => (isOver = true))
  const times: number[] = []
  while (!isOver) {
    times.push(await accept())
    await delay(2)
  }
  const { dropped } = await dropping
  await db.$disconnect()
  note(`${dropped.length} partitions were dropped`)
  set('retention_drop_blocked_ms', { ours: round(Math.max(...times)), unit: 'ms', n: times.length }, { max: 100 })
}
