import { setTimeout as delay } from 'node:timers/promises'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'
import type { Ledger } from './ledger.js'

export interface ChaosLoad {
  /** Where the API is; changes when it is started again. */
  port: number
  stop(): Promise<void>
}

/**
 * Posts at a steady rate. What is not answered, or is answered that it is to be tried again, is posted again with the same
 * key until it is accepted: an app that does not give up.
 */
export function startLoad(
  order: { port: number; key: string; users: number; perSecond: number },
  ledger: Ledger,
): ChaosLoad {
  let isStopped = false
  let number = 0
  const open = new Set<Promise<void>>()
  const load: ChaosLoad = {
    port: order.port,
    async stop() {
      isStopped = true
      await posting
      await Promise.all(open)
    },
  }

  const post = async (text: string, user: string): Promise<void> => {
    for (;;) {
      const pool = new Pool(`http://127.0.0.1:${load.port}`, { connections: 1, connect: { timeout: 2_000 } })
      try {
        const { statusCode, body } = await pool.request({
          method: 'POST',
          path: '/v1/notifications',
          headers: {
            authorization: `Bearer ${order.key}`,
            'content-type': 'application/json',
            'idempotency-key': text,
          },
          body: JSON.stringify({ to: { user_id: user }, text }),
          headersTimeout: 20_000,
        })
        await body.dump()
        if (statusCode === 202) {
          ledger.accepted.set(text, nowMs())
          return
        }
        if (statusCode < 500 && statusCode !== 409 && statusCode !== 429)
          throw new Error(`a post was answered ${statusCode}`)
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('a post was answered')) throw error
      } finally {
        await pool.destroy()
      }
      await delay(200)
    }
  }

  const posting = (async () => {
    const beganMs = nowMs()
    while (!isStopped) {
      const due = Math.floor(((nowMs() - beganMs) / 1_000) * order.perSecond)
      while (number < due) {
        const own = ++number
        const done = post(`chaos ${own}`, `u${1 + (own % order.users)}`).finally(() => open.delete(done))
        open.add(done)
      }
      await delay(20)
    }
  })()
  return load
}
