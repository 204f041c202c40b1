import { readObject } from '../stored-values.js'

/** Columns that every claimed row has, whatever its kind. */
interface ClaimedRow {
  id: string
  priority: number
  chatId: string
  isGroup: boolean
  attempts: number
  /** How old the row is, in milliseconds. */
  ageMs: number
  /** In how many milliseconds it is no longer to be sent. */
  expiresInMs: number | null
  /** A turn that died had claimed it: it may have been sent. */
  wasInFlight: boolean
  /** How often it was handled after that, and not settled either. */
  strikes: number
  /** It is not to be sent again where it may have been sent. */
  stopsIfUnknown: boolean
  /** How many calls of a message that takes several were answered. */
  part: number
  /** Nobody knows whether one of the parts before was sent. */
  hasUnknownPart: boolean
  /** Parts that Telegram refused, so that it goes without them. */
  dropped: string[]
  /** How long ago the chat was last sent to, in milliseconds, oldest first. */
  lastSendAgesMs: number[]
  /** The virtual time at which it is its tenant's turn. */
  finishTime: number
}

/** A message as it is stored. Domain reads it. */
export interface StoredContent {
  format: string
  text: string
  options: unknown
}

/** A row of a tenant's: what is to be said, and whether it may be said. */
interface ClaimedOfTenant extends ClaimedRow {
  tenantId: string
  notificationId: string
  connectionId: string
  connectionStatus: 'active' | 'blocked' | 'stopped' | 'gone'
  /** Its notification was cancelled while it was in flight, or about to go back into its lane. */
  isCancelled: boolean
  content: StoredContent
}

export interface ClaimedNotification extends ClaimedOfTenant {
  kind: 'notification'
}

/** Changes or takes back the messages of a delivery that was sent. */
export interface ClaimedEdit extends ClaimedOfTenant {
  kind: 'edit'
  edit: { type: 'edit' | 'delete'; deliveryId: string; hasNewMedia: boolean }
}

/** An answer of ours to a person. */
export interface ClaimedReply extends ClaimedRow {
  kind: 'reply'
  tenantId: string | null
  body: unknown
}

export type ClaimedDelivery = ClaimedNotification | ClaimedEdit | ClaimedReply

/** A claimed row as the statement answers it; where there is none, all of it is null. */
export interface Row extends ClaimedRow {
  kind: ClaimedDelivery['kind']
  tenantId: string | null
  notificationId: string | null
  connectionId: string | null
  connectionStatus: ClaimedOfTenant['connectionStatus'] | null
  isCancelled: boolean
  format: string | null
  text: string | null
  options: unknown
  body: unknown
}

/** Makes a delivery of its row. */
export function toClaimedDelivery(row: Row): ClaimedDelivery {
  const claimed: ClaimedRow = {
    id: row.id,
    priority: row.priority,
    chatId: row.chatId,
    isGroup: row.isGroup,
    attempts: row.attempts,
    ageMs: row.ageMs,
    expiresInMs: row.expiresInMs,
    wasInFlight: row.wasInFlight,
    strikes: row.strikes,
    stopsIfUnknown: row.stopsIfUnknown,
    part: row.part,
    hasUnknownPart: row.hasUnknownPart,
    dropped: row.dropped,
    lastSendAgesMs: row.lastSendAgesMs,
    finishTime: row.finishTime,
  }
  const { tenantId, notificationId, connectionId } = row
  if (row.kind === 'reply') return { ...claimed, kind: row.kind, tenantId, body: row.body }
  if (tenantId === null || notificationId === null || connectionId === null) {
    throw new Error(`the pending row ${row.id} of kind ${row.kind} belongs to nobody`)
  }
  const ofTenant = {
    ...claimed,
    tenantId,
    notificationId,
    connectionId,
    connectionStatus: row.connectionStatus ?? ('gone' as const),
    isCancelled: row.isCancelled,
    content: { format: row.format ?? 'plain', text: row.text ?? '', options: row.options },
  }
  return row.kind === 'notification'
    ? { ...ofTenant, kind: row.kind }
    : { ...ofTenant, kind: row.kind, edit: readEdit(row.body) }
}

/** Reads the body of a row of kind `edit`, as `queueEdits` writes it. */
function readEdit(body: unknown): ClaimedEdit['edit'] {
  const { type, delivery_id: deliveryId, has_new_media: hasNewMedia } = readObject(body)
  return { type: type === 'delete' ? type : 'edit', deliveryId: String(deliveryId), hasNewMedia: hasNewMedia === true }
}
