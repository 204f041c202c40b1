import type { Acceptance, NotificationToAccept } from '@tellwire/db'
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

/** The facts that are known before a notification is stored. */
type KnownFacts = Omit<AcceptanceFacts, 'id' | 'deliveries' | 'awaiting_user' | 'skipped' | 'is_reachable'>

export function factsOf(
  { audience, target, sendAt, dedupe }: Pick<NotificationToAccept, 'audience' | 'target' | 'sendAt' | 'dedupe'>,
  { waitMs, position }: { waitMs: number; position: number },
): KnownFacts {
  const sendsAtMs = Math.max(sendAt?.getTime() ?? 0, Date.now() + waitMs)
  return {
    position,
    is_broadcast: audience.kind === 'topic' || audience.kind === 'everyone',
    is_list: typeof target === 'object' && target !== null && 'user_ids' in target,
    is_scheduled: sendAt !== undefined,
    estimated_send_at: Number.isFinite(sendsAtMs) ? new Date(sendsAtMs).toISOString() : null,
    ...(dedupe ? { dedupe_key: dedupe.key } : {}),
  }
}

/** All facts, once the notification was stored: as the statement keeps them. */
export function completeFacts({ facts }: NotificationToAccept, acceptance: Acceptance): AcceptanceFacts {
  const { id, deliveries, awaitingUser, skipped, result } = acceptance
  return {
    // `factsOf` made them.
    ...(facts as KnownFacts),
    id,
    deliveries,
    awaiting_user: awaitingUser,
    skipped,
    is_reachable: result !== 'unreachable',
  }
}
