import type { DueWebhook, EndpointReference, NewWebhook, WebhookEndpoint } from '@tellwire/db'

/** As much is read ahead as is under way, so many times. */
const aheadOfConcurrency = 8
const aheadMax = 200

export interface Waiting {
  webhook: DueWebhook
  readAtMs: number
}

/** What one endpoint is to be sent, as far as this process knows. */
export interface Line {
  reference: EndpointReference
  /** Undefined until it is read. */
  endpoint: WebhookEndpoint | undefined
  endpointReadAtMs: number
  waiting: Waiting[]
  underWay: number
  /** Answered, and not recorded yet. */
  unsettled: number
  /** Nothing is to be sent to it any more; the database knows when all is recorded. */
  isEnded: boolean
  /** When it may be sent to, where it is sent to at a rate or has asked for a pause. */
  nextAtMs: number
  /** Whether more waits in the database. */
  isWanted: boolean
}

export const emptyLine = (reference: EndpointReference): Line => ({
  reference,
  endpoint: undefined,
  endpointReadAtMs: 0,
  waiting: [],
  underWay: 0,
  unsettled: 0,
  isEnded: false,
  nextAtMs: 0,
  isWanted: false,
})

/** How much of it may wait here, and how much may be unrecorded. */
export const aheadOf = ({ endpoint }: Line): number =>
  Math.min(aheadMax, (endpoint?.concurrency ?? 1) * aheadOfConcurrency)

/** Whether one more request may be made. */
export const hasPlace = (line: Line): boolean =>
  line.endpoint === undefined || (line.underWay < line.endpoint.concurrency && line.unsettled < aheadOf(line))

/** Whether more is to be read of what waits in the database. */
export const hasRoom = (line: Line): boolean =>
  line.isWanted && !line.isEnded && hasPlace(line) && line.waiting.length <= aheadOf(line) / 2

export const isNeeded = (line: Line): boolean =>
  line.isWanted || line.waiting.length > 0 || line.underWay > 0 || line.unsettled > 0

/** By which the same event for the same endpoint is known, whether it was read from the log or from its row. */
export const keyOf = ({ endpointId, eventId }: DueWebhook): string => endpointId + eventId

/** Whether it waits in the log alone. */
export const isNew = (webhook: DueWebhook): webhook is NewWebhook => webhook.id === undefined
