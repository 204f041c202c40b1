import { type Acceptance, idTime, type NotificationToAccept } from '@tellwire/db'
import type { NotificationStatus } from '../../views/notification-schemas.js'

/** What is known of a notification when it is accepted. Kept with the idempotency record, to be answered again. */
export interface AcceptanceFacts {
  id: string
  /** Its place in the request. */
  position: number
  deliveries: number
  awaiting_user: number
  skipped: string[]
  is_reachable: boolean
  is_broadcast: boolean
  is_list: boolean
  is_scheduled: boolean
  is_deduplicated?: boolean
  /** Where there is one, the notification may be an earlier one's duplicate, which nobody had recorded yet. */
  dedupe_key?: string
  /** Of an earlier notification: what has become of it. */
  status?: NotificationStatus
  estimated_send_at: string | null
}

/** What most notifications have in common, which is not kept with each of them. They leave as soon as they are accepted. */
const usualFacts = {
  position: 0,
  deliveries: 1,
  awaiting_user: 0,
  skipped: [],
  is_reachable: true,
  is_broadcast: false,
  is_list: false,
  is_scheduled: false,
}

/** The facts as they are kept, without those that are as usual. */
export interface KeptFacts extends Partial<AcceptanceFacts> {
  id: string
  /** How long after its acceptance it can leave, in milliseconds, which its id tells; 0 where absent, null where never. */
  wait_ms?: number | null
}

/** The same that are known before a notification is stored: without the id and what the statement adds. */
type KnownFacts = Omit<KeptFacts, 'id' | 'deliveries' | 'awaiting_user' | 'skipped' | 'is_reachable'>

export function factsOf(
  {
    id,
    audience,
    target,
    sendAt,
    dedupe,
  }: Pick<NotificationToAccept, 'id' | 'audience' | 'target' | 'sendAt' | 'dedupe'>,
  { waitMs, position }: { waitMs: number; position: number },
): KnownFacts {
  const wholeWaitMs = Math.max(sendAt === undefined ? 0 : sendAt.getTime() - idTime(id), Math.trunc(waitMs))
  return {
    ...(position > 0 ? { position } : {}),
    ...(audience.kind === 'topic' || audience.kind === 'everyone' ? { is_broadcast: true } : {}),
    ...(typeof target === 'object' && target !== null && 'user_ids' in target ? { is_list: true } : {}),
    ...(sendAt ? { is_scheduled: true } : {}),
    ...(wholeWaitMs > 0 ? { wait_ms: Number.isFinite(wholeWaitMs) ? wholeWaitMs : null } : {}),
    ...(dedupe ? { dedupe_key: dedupe.key } : {}),
  }
}

/** All facts, once the notification was stored: what the statement keeps comes to the same. */
export function completeFacts({ facts }: NotificationToAccept, acceptance: Acceptance): AcceptanceFacts {
  const { id, deliveries, awaitingUser, skipped, result } = acceptance
  return {
    // `factsOf` made them.
    ...fillFacts({ ...(facts as KnownFacts), id }),
    deliveries,
    awaiting_user: awaitingUser,
    skipped,
    is_reachable: result !== 'unreachable',
  }
}

/** Reads facts as they were kept. */
export function fillFacts({ wait_ms: waitMs = 0, ...kept }: KeptFacts): AcceptanceFacts {
  const sendsAt = waitMs === null ? null : new Date(idTime(kept.id) + waitMs).toISOString()
  return { ...usualFacts, estimated_send_at: sendsAt, ...kept }
}
