import { measureBacklog, measureOwnBacklog, type Priority } from '@tellwire/db'
import { countedMax, waitMsOf } from '../../capacity.js'
import type { Needs } from '../../context.js'
import type { TenantScope } from '@tellwire/domain'
import { notFound } from '../../errors.js'
import { showId } from '../../http/ids.js'
import { findBot } from './find-bot.js'

/** How fast a bot sends, what waits in its lane, and how long something new would wait. */
export async function getBotCapacity({ engine, ...scope }: TenantScope & Needs<'engine'>, id: string) {
  const bot = await findBot(scope, id)
  const backlog = await measureBacklog(engine, id, countedMax)
  if (!backlog) throw notFound('bot', '/id')
  // What waits of others is nobody's business.
  const isOwn = bot.tenantId === scope.tenantId
  const waiting = isOwn ? backlog.waiting : await measureOwnBacklog(engine, id, scope.tenantId, countedMax)
  const own = { ...backlog, waiting }
  const [high = 0, normal = 0, bulk = 0] = waiting
  const expected = (priority: Priority): number | null => {
    const waitMs = waitMsOf(own, priority)
    return Number.isFinite(waitMs) ? Math.ceil(waitMs / 1_000) : null
  }
  return {
    bot_id: showId('bot', id),
    rate: backlog.rate,
    present_rate: Math.floor(backlog.presentRate),
    paused_until: backlog.pausedForMs > 0 ? new Date(Date.now() + backlog.pausedForMs).toISOString() : null,
    parked_reason: backlog.parkedReason,
    backlog: { high, normal, bulk },
    expected_wait: { high: expected('high'), normal: expected('normal'), bulk: expected('bulk') },
  }
}
