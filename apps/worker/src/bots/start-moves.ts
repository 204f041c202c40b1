import { findDueMove, putOffMove } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from '../context.js'
import { onDuty } from '../duty.js'
import type { Repeating } from '../every.js'
import { movePeople } from './move-people.js'

/** Sees to tenants that leave a bot or move to another one, one after the other. */
export function startMoves(ctx: WorkerContext): Repeating {
  const find = () => findDueMove(ctx.db)
  return onDuty(ctx, {
    name: 'bot moves',
    everyMs: 1_000,
    // Longer than a slice of a move takes.
    leaseMs: 60_000,
    isNeeded: async () => (await find()) !== null,
    async work(keep) {
      const move = await find()
      if (!move) return
      const scope = { ...openSystemScope(ctx, 'bot moves'), sealer: ctx.sealer }
      try {
        while (await movePeople(scope, move)) await keep()
      } catch (error) {
        ctx.log.warn({ err: error, botId: move.botId }, 'a move between bots is put off')
        if (!ctx.stopping.aborted) await putOffMove(ctx.db, move)
      }
    },
  })
}
