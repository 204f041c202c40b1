import { erase, findDueErasure, putOffErasure } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from './context.js'
import { onDuty } from './duty.js'
import type { Repeating } from './every.js'

/** Removes persons and tenants whose time has come. */
export function startErasures(ctx: WorkerContext): Repeating {
  const removeFile = (key: string): Promise<void> => ctx.files.remove(key)
  const removeWebhook = async (token: string): Promise<void> => {
    const outcome = await ctx.pollingApi.call(token, 'deleteWebhook', {})
    if (outcome.kind !== 'ok') ctx.log.warn({ outcome }, 'the webhook of a bot that is erased was not removed')
  }
  return onDuty(ctx, {
    name: 'erasures',
    everyMs: 3_000,
    leaseMs: 120_000,
    find: () => findDueErasure(ctx.db),
    work: (erasure, keep) =>
      erase(
        { ...openSystemScope(ctx, 'erasures'), sealer: ctx.sealer, removeFile, removeWebhook, beforeSlice: keep },
        erasure,
      ),
    putOff: (erasure) => putOffErasure(ctx.db, erasure),
  })
}
