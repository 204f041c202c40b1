import { readObject } from '../stored-values.js'

/** Columns that every claimed row has, whatever its kind. */
interface Claimed {
  id: string
  priority: number
  chatId: string
  isGroup: boolean
  attempts: number
  /** How old the row is, in milliseconds. */
  ageMs: number
  /** In how many milliseconds it is no longer to be sent. */
  expiresInMs: number | null
  /** A turn that died had claimed it, and may have died of it. */
  wasClaimed: boolean
  /** So it may have been sent. */
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
  /** Its tenant's weight against the others of the lane; 1 for what is of no tenant. */
  weight: number
  /** Other heads of its chat were due too. */
  isShared: boolean
}

/** A message as it is stored. Domain reads it. */
export interface StoredContent {
  format: string
  text: string
  options: unknown
}

/** A row of a tenant's: what is to be said, and whether it may be said. */
interface ClaimedOfTenant extends Claimed {
  tenantId: string
  notificationId: string
  connectionId: string
  connectionStatus: 'active' | 'blocked' | 'stopped' | 'gone'
  /** Its notification was cancelled while it was in flight, or about to go back into its lane. */
  isCancelled: boolean
  /** The topic of a forum in which its chat was connected. */
  forumTopic: number | null
  /** The person wants to hear nothing of it. */
  isMuted: boolean
  content: StoredContent
}

export interface ClaimedNotification extends ClaimedOfTenant {
  kind: 'notification'
}

/** The rows of buttons that a press has left below a message; `data` is what Telegram tells when one is pressed. */
export type LeftButtons = { text: string; data: string }[][]

/** Changes or takes back the messages of a delivery that was sent. */
export interface ClaimedEdit extends ClaimedOfTenant {
  kind: 'edit'
  edit: { type: 'edit' | 'delete'; deliveryId: string; hasNewMedia: boolean; leftButtons: LeftButtons | undefined }
}

/** An answer of ours to a person. */
export interface ClaimedReply extends Claimed {
  kind: 'reply'
  tenantId: string | null
  body: unknown
}

export type ClaimedDelivery = ClaimedNotification | ClaimedEdit | ClaimedReply

/** What most rows have nothing of, as the statement answers it. */
interface Rest {
  kind: ClaimedDelivery['kind']
  body: unknown
  isGroup: boolean
  isShared: boolean
  attempts: number
  wasClaimed: boolean
  wasInFlight: boolean
  strikes: number
  stopsIfUnknown: boolean
  hasUnknownPart: boolean
  part: number
  dropped: string[]
  connectionStatus: ClaimedOfTenant['connectionStatus'] | null
  expiresInMs: number | null
  isCancelled: boolean
  forumTopic: number | null
  isMuted: boolean
  lastSendAgesMs: number[]
}

/** A claimed row as the statement answers it: an array, since there are many of them. */
export type ClaimedRow = [
  lane: number,
  id: string,
  place: string,
  priority: number,
  chatId: string,
  tenantId: string | null,
  notificationId: string | null,
  connectionId: string | null,
  weight: number,
  ageMs: number,
  format: string | null,
  text: string | null,
  options: unknown,
  rest: Rest | null,
]

const nothing: string[] = []
const noAges: number[] = []

/** Makes a delivery of its row. What most are, a message to one person that was never tried, is made in one go. */
export function toClaimedDelivery(row: ClaimedRow): ClaimedDelivery {
  const [, id, , priority, chatId, tenantId, notificationId, connectionId, weight, ageMs, format, text, options, rest] =
    row
  const body = rest?.body
  const claimed = {
    kind: 'notification' as const,
    id,
    priority,
    chatId,
    tenantId,
    weight,
    isGroup: rest?.isGroup ?? false,
    isShared: rest?.isShared ?? false,
    attempts: rest?.attempts ?? 0,
    ageMs,
    expiresInMs: rest?.expiresInMs ?? null,
    wasClaimed: rest?.wasClaimed ?? false,
    wasInFlight: rest?.wasInFlight ?? false,
    strikes: rest?.strikes ?? 0,
    stopsIfUnknown: rest?.stopsIfUnknown ?? false,
    part: rest?.part ?? 0,
    hasUnknownPart: rest?.hasUnknownPart ?? false,
    dropped: rest?.dropped ?? nothing,
    lastSendAgesMs: rest?.lastSendAgesMs ?? noAges,
  }
  if (rest?.kind === 'reply') return { ...claimed, kind: rest.kind, body }
  if (tenantId === null || notificationId === null || connectionId === null) {
    throw new Error(`the pending row ${id} of kind ${rest?.kind ?? claimed.kind} belongs to nobody`)
  }
  const ofTenant = Object.assign(claimed, {
    tenantId,
    notificationId,
    connectionId,
    connectionStatus: rest ? (rest.connectionStatus ?? ('gone' as const)) : ('active' as const),
    isCancelled: rest?.isCancelled ?? false,
    forumTopic: rest?.forumTopic ?? null,
    isMuted: rest?.isMuted ?? false,
    content: { format: format ?? 'plain', text: text ?? '', options },
  })
  return rest?.kind === 'edit' ? { ...ofTenant, kind: rest.kind, edit: readEdit(body) } : ofTenant
}

/** Reads the body of a row of kind `edit`, as `queueEdits` writes it. */
function readEdit(body: unknown): ClaimedEdit['edit'] {
  const { type, delivery_id: deliveryId, has_new_media: hasNewMedia, left_buttons: leftButtons } = readObject(body)
  return {
    type: type === 'delete' ? type : 'edit',
    deliveryId: String(deliveryId),
    hasNewMedia: hasNewMedia === true,
    // As a press has written them.
    leftButtons: Array.isArray(leftButtons) ? (leftButtons as LeftButtons) : undefined,
  }
}
