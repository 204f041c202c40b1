import { type Pool, settleDeliveries, type Settlement } from '@tellwire/db'
import type { Logger } from '@tellwire/observability'

type Answered = Omit<Settlement, 'answeredAgoMs'> & { answeredAtMs: number | undefined }

/** Records outcomes in batches: while one batch is being written, the next is collected. */
export interface Settler {
  add(outcome: Answered): void
  /** Waits until all that was added is recorded, or the lease is over. */
  drained(): Promise<void>
}

const retryEveryMs = 200

export function createSettler(
  ctx: { engine: Pool; log: Logger },
  lease: { turnId: string; isHeld(): boolean },
): Settler {
  let waiting: Answered[] = []
  let writing: Promise<void> | undefined

  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      const nowMs = performance.now()
      const settlements = batch.map(({ answeredAtMs, ...settlement }) => ({
        ...settlement,
        answeredAgoMs: answeredAtMs === undefined ? undefined : nowMs - answeredAtMs,
      }))
      try {
        await settleDeliveries(ctx.engine, lease.turnId, settlements)
      } catch (error) {
        ctx.log.warn({ err: error, deliveries: batch.length }, 'settling failed')
        // After the lease is over another turn may have claimed these rows, and decides.
        if (!lease.isHeld()) return
        waiting = [...batch, ...waiting]
        await new Promise((resolve) => setTimeout(resolve, retryEveryMs))
      }
    }
  }

  return {
    add(outcome) {
      waiting.push(outcome)
      writing ??= write().finally(() => {
        writing = undefined
      })
    },
    async drained() {
      while (writing) await writing
    },
  }
}
