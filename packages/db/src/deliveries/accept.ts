import type { Pool } from 'pg'
import { run, toJson } from '../sql.js'
import { accept, input, request, wanted } from './accept-statement.js'
import type { Priority } from './delivery-states.js'

/** To whom a notification goes: named users or one connection, or an audience that is expanded later. */
export type Audience =
  | { kind: 'users'; userIds: string[] }
  | { kind: 'connection'; connectionId: string | undefined }
  | { kind: 'topic'; topicId: string }
  | { kind: 'everyone' }

export interface NotificationToAccept {
  id: string
  tenantId: string
  /** The target as the caller named it, to be shown again. */
  target: unknown
  audience: Audience
  priority: Priority
  /** The message. */
  content: { format: string; text: string; options: object }
  metadata: unknown
  requestId: string
  traceparent: string | undefined
  sendAt: Date | undefined
  expiresAt: Date | undefined
  onUnknown: 'resend' | 'stop'
  /** Users without a connection are waited for. */
  awaitsUsers: boolean
  dedupe: { key: string; window: number; until: Date } | undefined
  /** What is known of the notification when it is accepted, and kept with the idempotency record. */
  facts: object
}

/** The notifications of one request. */
export interface AcceptRequest {
  notifications: NotificationToAccept[]
  /** All or none: one that reaches nobody keeps the others from being accepted. */
  isAtomic: boolean
  idempotency: { key: string; requestHash: Uint8Array } | undefined
}

export interface Acceptance {
  id: string
  /**
   * - `accepted`: on disk.
   * - `unreachable`: there is nobody to send to.
   * - `duplicate`: its dedupe key stands for an earlier notification.
   * - `refused`: the idempotency key was used before, or another of an atomic request is unreachable.
   * - `busy`: a key of its request is being used by a transaction that is still open; nothing of it was done.
   */
  result: 'accepted' | 'unreachable' | 'duplicate' | 'refused' | 'busy'
  deliveries: number
  /** How many of the deliveries wait for their user to connect. */
  awaitingUser: number
  /** Users who cannot be reached. */
  skipped: string[]
  /** The lanes that have something new. */
  botIds: string[]
}

/**
 * Commits notifications with their deliveries, idempotency records and events: all of them in one
 * statement, whatever their number and whoever their tenants. An audience is written down and expanded later.
 * @returns what became of each notification, by its id.
 */
export async function acceptNotifications(
  engine: Pool,
  requests: readonly AcceptRequest[],
): Promise<Map<string, Acceptance>> {
  const rows = await run<Acceptance>(engine, accept, [
    ...request.values(
      requests.map(({ isAtomic, idempotency }, no) => ({
        no,
        isAtomic,
        idempotencyKey: idempotency?.key,
        requestHash: idempotency?.requestHash,
      })),
    ),
    ...input.values(requests.flatMap(({ notifications }, no) => notifications.map((item) => toInput(item, no)))),
    ...wanted.values(requests.flatMap(({ notifications }) => notifications.flatMap(toWanted))),
  ])
  return new Map(rows.map((acceptance) => [acceptance.id, acceptance]))
}

function toInput(notification: NotificationToAccept, requestNo: number): Parameters<typeof input.values>[0][number] {
  const { audience, content, dedupe } = notification
  return {
    id: notification.id,
    requestNo,
    tenantId: notification.tenantId,
    target: toJson(notification.target),
    priority: notification.priority,
    format: content.format,
    text: content.text,
    options: Object.keys(content.options).length > 0 ? toJson(content.options) : null,
    metadata: toJson(notification.metadata),
    requestId: notification.requestId,
    traceparent: notification.traceparent,
    sendAt: notification.sendAt,
    expiresAt: notification.expiresAt,
    onUnknown: notification.onUnknown,
    awaitsUsers: notification.awaitsUsers,
    isBroadcast: audience.kind === 'topic' || audience.kind === 'everyone',
    topicId: audience.kind === 'topic' ? audience.topicId : null,
    dedupeKey: dedupe?.key,
    dedupeUntil: dedupe?.until,
    dedupeWindow: dedupe?.window,
    facts: toJson(notification.facts),
  }
}

function toWanted({ id: notificationId, audience }: NotificationToAccept): Parameters<typeof wanted.values>[0] {
  switch (audience.kind) {
    case 'users':
      return audience.userIds.map((userId) => ({ notificationId, userId, connectionId: null }))
    case 'connection':
      return [{ notificationId, userId: null, connectionId: audience.connectionId }]
    case 'topic':
    case 'everyone':
      return []
  }
}
