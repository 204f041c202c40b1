import { erase, findDueErasure, putOffErasure } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'
import { onDuty } from './duty.js'
import type { Repeating } from './every.js'

/** Removes persons and tenants whose time has come, one after the other. */
export function startErasures(ctx: WorkerContext): Repeating {
  const find = () => findDueErasure(ctx.db)
  return onDuty(ctx, {
    name: 'erasures',
    everyMs: 1_000,
    // Longer than a slice of an erasure takes.
    leaseMs: 120_000,
    isNeeded: async () => (await find()) !== null,
    async work(keep) {
      const erasure = await find()
      if (!erasure) return
      const removeFile = (key: string) => ctx.files.remove(key)
      try {
        await erase({ ...openSystemScope(ctx, 'erasures'), removeFile, beforeSlice: keep }, erasure)
      } catch (error) {
        ctx.log.warn({ err: error, erasureId: erasure.id }, 'an erasure is put off')
        if (!ctx.stopping.aborted) await putOffErasure(ctx.db, erasure)
      }
    },
  })
}
