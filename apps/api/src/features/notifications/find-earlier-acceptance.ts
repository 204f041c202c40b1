import { findKept, type TenantScope } from '@tellwire/domain'
import type { Keeping, Needs } from '../../context.js'
import { ApiError } from '../../errors.js'
import { type AcceptanceFacts, fillFacts, type KeptFacts } from './acceptance-facts.js'
import { getNotification } from './get-notification.js'

type Scope = TenantScope & Keeping & Needs<'capacity' | 'gates'>

/** Finds what an earlier request with the same idempotency key has led to. */
export async function findEarlierAcceptance(scope: Scope): Promise<AcceptanceFacts[] | undefined> {
  const kept = await findKept<{ acceptances: KeptFacts[] }>(scope)
  if (!kept) return undefined
  const acceptances = kept.result.acceptances.map(fillFacts)
  const doubtful = acceptances.filter((facts) => facts.dedupe_key !== undefined && facts.is_reachable)
  if (doubtful.length === 0) return acceptances
  return scope.gates.statements.pass(scope.tenantId, () => pointToStored(scope, acceptances, doubtful))
}

/** A process that died right after the commit has not recorded that a dedupe key stands for an earlier notification. */
async function pointToStored(
  scope: Scope,
  acceptances: readonly AcceptanceFacts[],
  doubtful: readonly AcceptanceFacts[],
): Promise<AcceptanceFacts[]> {
  const { db, tenantId } = scope
  const stored = await db.notification.findMany({
    where: { tenantId, id: { in: doubtful.map(({ id }) => id) } },
    select: { id: true },
  })
  const point = createPointer(scope)
  const all: AcceptanceFacts[] = []
  for (const facts of acceptances) {
    const isThere = !doubtful.includes(facts) || stored.some(({ id }) => id === facts.id)
    all.push(isThere ? facts : await point(facts))
  }
  return all
}

/** Leads what a request says to the notification that its dedupe key stands for. @throws `conflict` when it has been forgotten. */
export type Pointer = (facts: AcceptanceFacts) => Promise<AcceptanceFacts>

/** Each key of a request is looked up once. */
export function createPointer(scope: TenantScope & Needs<'capacity'>): Pointer {
  const known = new Map<string, Promise<Earlier>>()
  return async (facts) => {
    const { dedupe_key: key = '' } = facts
    const earlier = known.get(key) ?? findEarlier(scope, key)
    known.set(key, earlier)
    return { ...facts, ...(await earlier) }
  }
}

type Earlier = Pick<
  AcceptanceFacts,
  'id' | 'status' | 'deliveries' | 'is_broadcast' | 'is_list' | 'is_deduplicated' | 'estimated_send_at'
>

async function findEarlier(scope: TenantScope & Needs<'capacity'>, key: string): Promise<Earlier> {
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
