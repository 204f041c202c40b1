import { findDueMove, putOffMove } from '@tellwire/domain'
import { openSystemScope, type WorkerContext } from '../context.js'
import { onDuty } from '../duty.js'
import type { Repeating } from '../every.js'
import { movePeople } from './move-people.js'

/** Sees to tenants that leave a bot or move to another one. */
export function startMoves(ctx: WorkerContext): Repeating {
  return onDuty(ctx, {
    name: 'bot moves',
    everyMs: 3_000,
    leaseMs: 60_000,
    find: () => findDueMove(ctx.db),
    async work(move, keep) {
      const scope = { ...openSystemScope(ctx, 'bot moves'), sealer: ctx.sealer }
      while (await movePeople(scope, move)) await keep()
    },
    putOff: (move) => putOffMove(ctx.db, move),
  })
}
