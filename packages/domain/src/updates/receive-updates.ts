import { type Pool, storeUpdates } from '@tellwire/db'
import { HandleUpdates, type Waker } from '@tellwire/jobs'
import { describeUpdate, type Update } from '@tellwire/telegram'
import type { Sealer } from '../secrets/sealer.js'
import { sealStartTokens } from './start-tokens.js'

/** Takes in what a bot was told, by webhook or by polling. When it returns, the updates are on disk. */
export async function receiveUpdates(
  ctx: { engine: Pool; waker: Waker; sealer: Sealer },
  botId: string,
  updates: Update[],
): Promise<void> {
  if (updates.length === 0) return
  const rows = updates.map((payload) => ({
    ...describeUpdate(payload),
    payload: sealStartTokens(ctx.sealer, payload),
  }))
  const fresh = await storeUpdates(ctx.engine, botId, rows)
  if (fresh > 0) ctx.waker.wake(HandleUpdates, { botId })
}
