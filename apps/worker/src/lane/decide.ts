import type { ClaimedDelivery } from '@tellwire/db'
import { type CallOutcome, classifyOutcome, type OutcomeClass } from '@tellwire/telegram'
import type { Droppable } from '@tellwire/domain'
import type { SentMessage } from './note-sent.js'
import { retryDelayMs, retryForMs } from './retry-policy.js'
import type { QueuedDelivery } from './send-queue.js'
import type { Outcome } from './settler.js'

type Answered = Omit<Outcome, 'answeredAtMs'>

/** As it is stored and shown. */
interface Failure {
  code: string
  class: string
  telegram_code?: number
  telegram_description?: string
  at: string
}

/** What an answer means for the delivery, and for more than the delivery. */
export interface Decision {
  outcome: Answered
  /** The chat can no longer be written to. */
  endsChat?: 'blocked' | 'gone'
  /** The chat has another id. */
  migratedTo?: number
  /** In place of `outcome` when the new id cannot be written down. */
  outcomeUnmoved: Answered
  /** Telegram asks the bot to wait. */
  floodMs?: number
  /** The messages of an answer that is to be remembered: of a thread, or with files. */
  sent?: SentMessage[]
  /** Telegram does not know a file any more by the name it gave. */
  forgetsUploads?: boolean
  /** The bot itself is refused; a lasting problem needs somebody to act. */
  botProblem?: { code: string; description: string; isLasting: boolean }
}

export function decide(delivery: QueuedDelivery, outcome: CallOutcome<unknown>, nowMs: number): Decision {
  const meaning = classifyOutcome(outcome)
  const decided = decideMeaning(delivery, outcome, meaning, nowMs)
  return { ...decided, outcomeUnmoved: decided.outcomeUnmoved ?? decided.outcome }
}

function decideMeaning(
  delivery: QueuedDelivery,
  outcome: CallOutcome<unknown>,
  meaning: OutcomeClass,
  nowMs: number,
): Omit<Decision, 'outcomeUnmoved'> & { outcomeUnmoved?: Answered } {
  switch (meaning.class) {
    case 'sent': {
      const { call } = delivery
      const messages = messagesOf(outcome)
      const ids = messages.map(({ message_id: id }) => id)
      const known = ids.length === 0 && call.changesMessageId !== undefined ? [call.changesMessageId] : ids
      return {
        outcome: { ...settle(delivery, call.isLast ? 'sent' : 'advance'), messageIds: known },
        ...(call.thread || call.media.length > 0 ? { sent: messages } : {}),
      }
    }
    case 'recipient': {
      const dropped = droppedFor(delivery, meaning.code)
      if (dropped) return { outcome: { ...settle(delivery, 'degrade'), dropped } }
      return { outcome: fail(delivery, meaning, outcome), ...(meaning.ends ? { endsChat: meaning.ends } : {}) }
    }
    case 'message':
      return decideRefusedMessage(delivery, outcome, meaning, nowMs)
    case 'migrate':
      // In the new chat the numbers of messages are others.
      if (delivery.kind === 'change') return { outcome: fail(delivery, gone, outcome), migratedTo: meaning.toChatId }
      return {
        outcome: settle(delivery, 'release'),
        migratedTo: meaning.toChatId,
        outcomeUnmoved: retry(delivery, { class: 'recipient', code: 'chat_migrated' }, outcome, nowMs),
      }
    case 'bot':
      return {
        outcome: settle(delivery, 'release'),
        botProblem: { code: meaning.code, description: describe(outcome), isLasting: meaning.isLasting },
      }
    case 'flood': {
      const floodMs = meaning.retryAfterSeconds * 1_000
      const isTooLong = nowMs + floodMs >= delivery.expiresAtMs
      return { outcome: { ...settle(delivery, isTooLong ? 'expired' : 'release'), pauseChatMs: floodMs }, floodMs }
    }
    case 'transient':
      if (meaning.mayHaveArrived && delivery.isHeldIfUnknown)
        return { outcome: { ...settle(delivery, 'unknown'), failure: failure(unknownOutcome, outcome) } }
      return { outcome: retry(delivery, meaning, outcome, nowMs) }
  }
}

/** A host that Telegram did not reach for a file may be back soon. */
const fetchAttemptsMax = 3

function decideRefusedMessage(
  delivery: QueuedDelivery,
  outcome: CallOutcome<unknown>,
  meaning: Extract<OutcomeClass, { class: 'message' }>,
  nowMs: number,
): Omit<Decision, 'outcomeUnmoved'> {
  if (isGoneAnyway(delivery, outcome)) return { outcome: settle(delivery, delivery.call.isLast ? 'sent' : 'advance') }
  if (meaning.code === 'file_unknown' && delivery.call.media.some((medium) => medium.telegramFileId !== undefined)) {
    return { outcome: settle(delivery, 'release'), forgetsUploads: true }
  }
  if (meaning.code === 'media_unreachable' && delivery.attempts + 1 < fetchAttemptsMax) {
    return { outcome: retry(delivery, meaning, outcome, nowMs) }
  }
  const dropped = droppedFor(delivery, meaning.isFormatting ? 'formatting' : meaning.code)
  return { outcome: dropped ? { ...settle(delivery, 'degrade'), dropped } : fail(delivery, meaning, outcome) }
}

/** What was to be deleted, and was: by the person, or by a call whose answer was lost. */
function isGoneAnyway({ call }: QueuedDelivery, outcome: CallOutcome<unknown>): boolean {
  if (call.method !== 'deleteMessage' || outcome.kind !== 'refused') return false
  return /message to delete not found/i.test(outcome.description)
}

/** By refusal: what the message can do without. */
const droppableFor: Record<string, Droppable> = {
  formatting: 'formatting',
  topic_unavailable: 'topic',
  effect_refused: 'effect',
  photo_refused: 'photo',
  message_unavailable: 'thread',
}

function droppedFor({ call, dropped }: QueuedDelivery, code: string): Droppable | undefined {
  const droppable = droppableFor[code]
  return droppable && call.droppable.includes(droppable) && !dropped.includes(droppable) ? droppable : undefined
}

/** The message is not where it was. */
const gone = { class: 'message', code: 'message_unavailable' }

const unknownOutcome = { class: 'ambiguous', code: 'outcome_unknown' }

/** What needs no call: it may have been sent and must not be repeated, or there is nobody to send it to. */
export function endUnsent(delivery: ClaimedDelivery): Outcome | undefined {
  const { connectionStatus } = delivery
  if (delivery.wasInFlight && delivery.isHeldIfUnknown)
    return unsent({ ...settle(delivery, 'unknown'), failure: failure(unknownOutcome) })
  if (connectionStatus !== null && connectionStatus !== 'active')
    return unsent(fail(delivery, { class: 'recipient', code: `recipient_${connectionStatus}` }))
  return undefined
}

export function expire(delivery: ClaimedDelivery): Outcome {
  return unsent(settle(delivery, 'expired'))
}

/** Back into the lane, as if it had not been claimed; with a time, not before that. */
export function giveBack(delivery: ClaimedDelivery, inMs?: number): Outcome {
  return unsent({ ...settle(delivery, 'release'), retryInMs: inMs })
}

/** There is no call that would send it. */
export function refuse(delivery: ClaimedDelivery, meaning: { class: string; code: string }): Outcome {
  return unsent(fail(delivery, meaning))
}

function unsent(outcome: Answered): Outcome {
  return { ...outcome, answeredAtMs: undefined }
}

function retry(
  delivery: QueuedDelivery,
  meaning: { class: string; code: string },
  outcome: CallOutcome<unknown>,
  nowMs: number,
): Answered {
  const retryInMs = retryDelayMs(delivery.attempts)
  if (nowMs + retryInMs >= delivery.expiresAtMs) return settle(delivery, 'expired')
  if (delivery.ageMs > retryForMs) return fail(delivery, meaning, outcome)
  return { ...settle(delivery, 'retry'), retryInMs }
}

function settle(delivery: ClaimedDelivery, result: Answered['result']): Answered {
  const { id, isGroup } = delivery
  return {
    id,
    isGroup,
    messageCount: 'call' in delivery ? (delivery as QueuedDelivery).call.messageCount : 1,
    result,
    messageIds: [],
    failure: undefined,
    dropped: undefined,
    retryInMs: undefined,
    pauseChatMs: undefined,
  }
}

function fail(
  delivery: ClaimedDelivery,
  meaning: { class: string; code: string },
  outcome?: CallOutcome<unknown>,
): Answered {
  return { ...settle(delivery, 'failed'), failure: failure(meaning, outcome) }
}

function failure(meaning: { class: string; code: string }, outcome?: CallOutcome<unknown>): Failure {
  const telegram =
    outcome?.kind === 'refused' ? { telegram_code: outcome.code, telegram_description: outcome.description } : {}
  return { code: meaning.code, class: meaning.class, ...telegram, at: new Date().toISOString() }
}

/** What Telegram says it took is taken, even where it does not say under which number. */
function messagesOf(outcome: CallOutcome<unknown>): SentMessage[] {
  const result = outcome.kind === 'ok' ? outcome.result : undefined
  const items: unknown[] = Array.isArray(result) ? result : [result]
  return items.filter((item): item is SentMessage => typeof item === 'object' && item !== null && 'message_id' in item)
}

function describe(outcome: CallOutcome<unknown>): string {
  return outcome.kind === 'refused' ? `${outcome.code} ${outcome.description}` : outcome.kind
}
