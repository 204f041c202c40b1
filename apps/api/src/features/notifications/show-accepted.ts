import type { Acceptance, NotificationToAccept } from '@tellwire/db'
import { showId } from '../../http/ids.js'
import type { AcceptedNotification } from './schemas.js'

/** What is kept of an answer, so that it can be given again. */
export interface KeptAnswer {
  id: string
  /** Its place in a batch. */
  position?: number
  deliveries: number
  held: number
  skipped: string[]
  is_reachable: boolean
  is_broadcast: boolean
  is_list: boolean
  is_scheduled: boolean
  is_deduplicated?: boolean
  /** Where there is one, the notification may be an earlier one's duplicate, which nobody had noted yet. */
  dedupe_key?: string
  status?: AcceptedNotification['status']
  estimated_send_at: string | null
}

/** The part of an answer that is known before the notification is stored. */
export function describeAnswer(
  { audience, target, sendAt }: Pick<NotificationToAccept, 'audience' | 'target' | 'sendAt'>,
  waitMs: number,
): Pick<KeptAnswer, 'is_broadcast' | 'is_list' | 'is_scheduled' | 'estimated_send_at'> {
  const sendsAtMs = Math.max(sendAt?.getTime() ?? 0, Date.now() + waitMs)
  return {
    is_broadcast: audience.kind === 'topic' || audience.kind === 'everyone',
    is_list: typeof target === 'object' && target !== null && 'user_ids' in target,
    is_scheduled: sendAt !== undefined,
    estimated_send_at: Number.isFinite(sendsAtMs) ? new Date(sendsAtMs).toISOString() : null,
  }
}

export function keepAnswer(notification: NotificationToAccept, acceptance: Acceptance): KeptAnswer {
  const { id, deliveries, held, skipped } = acceptance
  const known = notification.answer as ReturnType<typeof describeAnswer>
  return { ...known, id, deliveries, held, skipped, is_reachable: acceptance.result !== 'unreachable' }
}

export function showAccepted(answer: KeptAnswer): AcceptedNotification {
  const id = showId('ntf', answer.id)
  const status = answer.status ?? statusOf(answer)
  return {
    id,
    status,
    deliveries: answer.is_broadcast ? null : answer.deliveries,
    ...(answer.is_list
      ? { skipped: answer.skipped.map((userId) => ({ user_id: userId, reason: 'user_not_connected' })) }
      : {}),
    ...(answer.is_deduplicated ? { deduplicated: true } : {}),
    estimated_send_at: status === 'held' ? null : answer.estimated_send_at,
    links: { self: `/v1/notifications/${id}` },
  }
}

function statusOf({ deliveries, held, is_broadcast: isBroadcast, is_scheduled: isScheduled }: KeptAnswer) {
  if (!isBroadcast && held === deliveries) return 'held'
  return isScheduled ? 'scheduled' : 'in_progress'
}
