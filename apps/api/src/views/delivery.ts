import {
  deliveryStatuses,
  type Prisma,
  readEdit,
  readFailure,
  readParts,
  readWord,
  type StoredEdit,
} from '@tellwire/db'
import { showId } from '../http/ids.js'
import type { DeliveryView, PartView } from './notification-schemas.js'

type StoredDelivery = Prisma.DeliveryGetPayload<object>

/** @param acceptedAt when its notification was accepted. */
export function showDelivery(delivery: StoredDelivery, acceptedAt: Date): DeliveryView {
  const edit = readEdit(delivery.edit)
  return {
    id: showId('dlv', delivery.id),
    connection_id: delivery.connectionId === null ? null : showId('con', delivery.connectionId),
    user_id: delivery.userId,
    status: readWord(deliveryStatuses, delivery.status),
    attempts: delivery.attempts,
    parts: showParts(delivery),
    telegram_message_ids: delivery.telegramMessageIds.map(Number),
    dropped: delivery.dropped,
    sent_at: delivery.sentAt?.toISOString() ?? null,
    edit: edit && showEdit(edit),
    failure: readFailure(delivery.failure),
    timeline: toTimeline(delivery, acceptedAt, edit),
  }
}

/** A message of one part is what its delivery is; of one that takes several, each that was tried is kept. */
function showParts({ parts, status, telegramMessageIds }: StoredDelivery): PartView[] {
  const tried = readParts(parts)
  if (tried.length === 0) {
    const isTried = status === 'sent' || status === 'unknown'
    return isTried ? [{ status, telegram_message_ids: telegramMessageIds.map(Number) }] : []
  }
  const isCutShort = status === 'failed' || status === 'expired' || status === 'cancelled'
  return isCutShort ? [...tried, { status, telegram_message_ids: [] }] : tried
}

function toTimeline({ status, endedAt }: StoredDelivery, acceptedAt: Date, edit: StoredEdit | null) {
  const ended = endedAt === null ? [] : [{ status, at: endedAt.toISOString() }]
  const waiting = endedAt === null && status !== 'queued' ? [{ status, at: acceptedAt.toISOString() }] : []
  return [
    { status: 'accepted', at: acceptedAt.toISOString() },
    ...waiting,
    ...ended,
    ...(edit && edit.status !== 'pending' ? [{ status: editStep(edit), at: edit.at }] : []),
  ]
}

function editStep({ type, status }: StoredEdit): string {
  if (status === 'failed') return 'edit_failed'
  return type === 'delete' ? 'deleted' : 'edited'
}

function showEdit({ type, status, at, failure }: StoredEdit) {
  return { type, status, at, failure }
}
