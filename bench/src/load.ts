/** Posts notifications as fast as a number of clients can, in a process of its own. */
import { Pool } from 'undici'
import { nowMs } from './clock.js'

export interface LoadOrder {
  port: number
  key: string
  clients: number
  seconds: number
  /** Ends earlier after so many; 0 for no limit. */
  countMax: number
  users: number
  tag: string
}

export interface LoadResult {
  type: 'loaded'
  accepted: number
  refused: number
  seconds: number
  p50Ms: number
  p99Ms: number
}

async function run(order: LoadOrder): Promise<LoadResult> {
  const pool = new Pool(`http://127.0.0.1:${order.port}`, { connections: order.clients })
  const latencies: number[] = []
  let number = 0
  let refused = 0
  const startedMs = nowMs()
  const endsMs = startedMs + order.seconds * 1_000

  const client = async (): Promise<void> => {
    while (nowMs() < endsMs && (order.countMax === 0 || number < order.countMax)) {
      const own = ++number
      const beganMs = nowMs()
      const { statusCode, body } = await pool.request({
        method: 'POST',
        path: '/v1/notifications',
        headers: {
          authorization: `Bearer ${order.key}`,
          'content-type': 'application/json',
          'idempotency-key': `${order.tag}-${own}`,
        },
        body: JSON.stringify({
          to: { user_id: `u${1 + (own % order.users)}` },
          text: `**Order ${own}** has shipped: [track it](https://example.com/t/${own})`,
          metadata: { order: own },
        }),
      })
      await body.dump()
      if (statusCode === 202) latencies.push(nowMs() - beganMs)
      else refused++
    }
  }
  await Promise.all(Array.from({ length: order.clients }, client))
  const seconds = (nowMs() - startedMs) / 1_000
  await pool.close()
  latencies.sort((a, b) => a - b)
  const quantile = (share: number): number => latencies[Math.floor((latencies.length - 1) * share)] ?? NaN
  return { type: 'loaded', accepted: latencies.length, refused, seconds, p50Ms: quantile(0.5), p99Ms: quantile(0.99) }
}

process.on('message', (order: LoadOrder) => {
  run(order).then(
    (result) => process.send?.(result),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit(0))
process.send?.({ type: 'ready' })
