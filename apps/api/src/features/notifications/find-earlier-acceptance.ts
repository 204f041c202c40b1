import { findKept, type TenantScope } from '@tellwire/domain'
import type { Keeping, Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import type { AcceptanceFacts } from './acceptance-facts.js'
import { getNotification } from './get-notification.js'

type Scope = TenantScope & Keeping & Needs<'capacity' | 'gates'>

/** Leads what a request says to the notification that its dedupe key stands for. @throws `conflict` when it has been forgotten. */
type Pointer = (facts: AcceptanceFacts) => Promise<AcceptanceFacts>

/** Finds what an earlier request with the same idempotency key has led to. */
export async function findEarlierAcceptance(scope: Scope): Promise<AcceptanceFacts[] | undefined> {
  const kept = await findKept<{ acceptances: AcceptanceFacts[] }>(scope)
  if (!kept) return undefined
  const point = createPointer(scope)
  const all: AcceptanceFacts[] = []
  for (const facts of kept.result.acceptances) all.push(await pointToStored(scope, facts, point))
  return all
}

/** A process that died right after the commit has not recorded that a dedupe key stands for an earlier notification. */
async function pointToStored(
  { db, tenantId }: Scope,
  facts: AcceptanceFacts,
  point: Pointer,
): Promise<AcceptanceFacts> {
  if (facts.dedupe_key === undefined || !facts.is_reachable) return facts
  const isStored = (await db.notification.count({ where: { tenantId, id: facts.id } })) > 0
  return isStored ? facts : point(facts)
}

/** Each key of a request is looked up once, and in its tenant's turn. */
export function createPointer(scope: Scope): Pointer {
  const { gates, tenantId } = scope
  const known = new Map<string, Promise<Earlier>>()
  return async (facts) => {
    const { dedupe_key: key = '' } = facts
    const earlier = known.get(key) ?? gates.statements.pass(tenantId, () => findEarlier(scope, key))
    known.set(key, earlier)
    return { ...facts, ...(await earlier) }
  }
}

type Earlier = Pick<
  AcceptanceFacts,
  'id' | 'status' | 'deliveries' | 'is_broadcast' | 'is_list' | 'is_deduplicated' | 'estimated_send_at'
>

async function findEarlier(scope: Scope, key: string): Promise<Earlier> {
  const { db, tenantId } = scope
  const known = await db.dedupeKey.findUnique({ where: { tenantId_key: { tenantId, key } } })
  if (!known) throw new ApiError('conflict', 'The dedupe key was just forgotten. Try again.')
  const { status, progress, to, send_at: sendAt } = await getNotification(scope, known.notificationId)
  return {
    id: known.notificationId,
    status,
    deliveries: progress.expected ?? 0,
    is_broadcast: 'topic' in to || 'everyone' in to,
    is_list: false,
    is_deduplicated: true,
    estimated_send_at: sendAt,
  }
}
