import { findKept, type TenantScope } from '@tellwire/domain'
import type { Keeping, Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import type { AcceptanceFacts } from './acceptance-facts.js'
import { getNotification } from './get-notification.js'

type Scope = TenantScope & Keeping & Needs<'capacity'>

/** Finds what an earlier request with the same idempotency key has led to. */
export async function findEarlierAcceptance(scope: Scope): Promise<AcceptanceFacts[] | undefined> {
  const kept = await findKept<{ acceptances: AcceptanceFacts[] }>(scope)
  if (!kept) return undefined
  return Promise.all(kept.result.acceptances.map((facts) => pointToStored(scope, facts)))
}

/** A process that died right after the commit has not recorded that a dedupe key stands for an earlier notification. */
async function pointToStored(scope: Scope, facts: AcceptanceFacts): Promise<AcceptanceFacts> {
  if (facts.dedupe_key === undefined || !facts.is_reachable) return facts
  const { db, tenantId } = scope
  const isStored = (await db.notification.count({ where: { tenantId, id: facts.id } })) > 0
  return isStored ? facts : pointToEarlier(scope, facts)
}

/** @returns the facts of the notification that a dedupe key stands for. @throws `conflict` when it has been forgotten. */
export async function pointToEarlier(scope: Scope, facts: AcceptanceFacts): Promise<AcceptanceFacts> {
  const { db, tenantId } = scope
  const known = await db.dedupeKey.findUnique({ where: { tenantId_key: { tenantId, key: facts.dedupe_key ?? '' } } })
  if (!known) throw new ApiError('conflict', 'The dedupe key was just forgotten. Try again.')
  const { status, progress, to, send_at: sendAt } = await getNotification(scope, known.notificationId)
  return {
    ...facts,
    id: known.notificationId,
    status,
    deliveries: progress.expected ?? 0,
    is_broadcast: 'topic' in to || 'everyone' in to,
    is_list: false,
    is_deduplicated: true,
    estimated_send_at: sendAt,
  }
}
