import type { ClaimedDelivery, Failure } from '@tellwire/db'
import type { Droppable } from '@tellwire/domain'
import type { UnknownCause } from '@tellwire/observability'
import type { NoCall } from '../compose/call.js'
import type { QueuedDelivery } from '../lane/send-queue.js'
import { strikesMax } from '../lane/suspects.js'

/**
 * A verdict says what becomes of a delivery: it ends, or goes back into its lane. Of the latter `retry` counts an attempt and waits,
 * `advance` goes on with the next part, `degrade` goes on at once without something, `release` only gives it back.
 */
export type Verdict =
  | { result: 'sent'; messageIds: number[] }
  | { result: 'advance'; messageIds: number[]; isUnknownPart?: boolean }
  | { result: 'failed'; failure: Failure }
  /** `failure` names what takes its place; undefined where its tenant has cancelled it. */
  | { result: 'cancelled'; failure: Failure | undefined }
  /** Nobody knows whether it, or a part of it, was sent. `isUnknownPart`: it is its last part. */
  | { result: 'unknown'; failure: Failure; cause: UnknownCause; messageIds?: number[]; isUnknownPart?: boolean }
  | { result: 'expired'; pauseChatMs?: number; mayHaveArrived?: boolean }
  /** `mayHaveArrived`: nobody knows whether it was sent. */
  | { result: 'retry'; retryInMs: number; mayHaveArrived?: boolean }
  /** `failure` is why it goes on without something. */
  | { result: 'degrade'; dropped: Droppable; failure: Failure }
  | { result: 'release'; retryInMs?: number; pauseChatMs?: number; isUntouched?: boolean }

/** A message of an answer. */
export interface SentMessage {
  message_id: number
  photo?: { file_id: string }[]
  [type: string]: unknown
}

/** What follows from an answer besides what becomes of its delivery. */
export type Consequence =
  /** The chat can no longer be written to. */
  | { kind: 'chat_ended'; status: 'blocked' | 'gone' }
  /** The chat has another id. */
  | { kind: 'chat_migrated'; toChatId: number }
  /** Messages of a thread, or with files, are to be recorded. */
  | { kind: 'messages_sent'; messages: SentMessage[] }
  /** What Telegram took only a part of is in the chat, and is not to stay there. */
  | { kind: 'message_withdrawn'; messageId: number }
  /** Telegram does not know a file any more by the name it gave. */
  | { kind: 'uploads_forgotten' }
  /** Telegram asks to wait. */
  | { kind: 'flood'; retryAfterMs: number }
  /** The server that the bot is at knows no rich messages. */
  | { kind: 'rich_unsupported' }
  /** The bot itself is refused; where that is lasting, somebody has to act. */
  | { kind: 'bot_refused'; code: string; description: string; isLasting: boolean }
  /** The bot is taken. */
  | { kind: 'bot_accepted' }

export interface Judgement {
  verdict: Verdict
  consequences: Consequence[]
  /** The verdict where a consequence could not be carried out that has to come first; the same where it is absent. */
  otherwise?: Verdict
}

/**
 * Consequences that the next message of the chat builds on, or by which it is decided whether the delivery waits for the
 * person to come back: they come before it is settled.
 */
export function comesFirst({ kind }: Consequence): boolean {
  return kind === 'messages_sent' || kind === 'uploads_forgotten' || kind === 'chat_migrated' || kind === 'chat_ended'
}

/** Judges what needs no call: it may have been sent and is not repeated, workers died of it, or there is nobody to send it to. */
export function judgeUnsent(delivery: ClaimedDelivery, now: Date): Verdict | undefined {
  if (delivery.kind !== 'reply' && delivery.isCancelled) {
    return delivery.wasInFlight
      ? { result: 'unknown', failure: makeFailure(outcomeUnknown, now), cause: 'cancelled' }
      : { result: 'cancelled', failure: undefined }
  }
  // Whether there are further parts, which were never tried, is seen when it is composed.
  if (delivery.wasInFlight && delivery.stopsIfUnknown) return { result: 'advance', messageIds: [], isUnknownPart: true }
  if (delivery.strikes >= strikesMax) return { result: 'failed', failure: makeFailure(notPreparable, now) }
  if (delivery.kind === 'reply' || delivery.connectionStatus === 'active') return undefined
  return {
    result: 'failed',
    failure: makeFailure({ class: 'recipient', code: `recipient_${delivery.connectionStatus}` }, now),
  }
}

/** Judges a delivery for which there is no call to make. */
export function judgeNoCall(
  { hasUnknownPart }: ClaimedDelivery,
  { failure, isOver, isOvertaken, droppable }: NoCall,
  now: Date,
): Verdict {
  if (droppable) return { result: 'degrade', dropped: droppable, failure: makeFailure(failure, now) }
  if (isOvertaken) return { result: 'cancelled', failure: makeFailure(failure, now) }
  if (hasUnknownPart) return { result: 'unknown', failure: makeFailure(outcomeUnknown, now), cause: 'worker_died' }
  return isOver ? { result: 'sent', messageIds: [] } : { result: 'failed', failure: makeFailure(failure, now) }
}

export const outcomeUnknown = { class: 'ambiguous', code: 'outcome_unknown' }
export const notPreparable = { class: 'message', code: 'not_preparable' }

export function makeFailure({ code, class: failureClass }: { code: string; class: string }, now: Date): Failure {
  return { code, class: failureClass, at: now.toISOString() }
}

/** How many messages a delivery makes in its chat at most. */
export function messageCountOf(delivery: object | QueuedDelivery): number {
  return 'call' in delivery ? delivery.call.messageCount : 1
}
