import type { ClaimedDelivery, Settlement } from '@tellwire/db'
import { type CallOutcome, classifyOutcome, type Message, type OutcomeClass } from '@tellwire/telegram'
import { retryDelayMs, retryForMs } from './retry-policy.js'

/** What an answer means for the delivery, and for more than the delivery. */
export interface Decision {
  settlement: Omit<Settlement, 'answeredAgoMs'>
  /** The chat can no longer be written to. */
  endsChat?: 'blocked' | 'gone'
  /** Telegram asks the bot to wait. */
  floodMs?: number
  /** The bot itself is refused. */
  botProblem?: { code: string; description: string }
}

export function decide(delivery: ClaimedDelivery, outcome: CallOutcome<Message>): Decision {
  const meaning = classifyOutcome(outcome)
  switch (meaning.class) {
    case 'sent':
      return {
        settlement: {
          ...settle(delivery, 'sent'),
          messageIds: outcome.kind === 'ok' ? [outcome.result.message_id] : [],
        },
      }
    case 'recipient':
      return { settlement: fail(delivery, meaning, outcome), ...(meaning.ends ? { endsChat: meaning.ends } : {}) }
    case 'message':
      return { settlement: fail(delivery, meaning, outcome) }
    case 'migrate':
      return { settlement: fail(delivery, { class: 'recipient', code: 'chat_migrated' }, outcome) }
    case 'bot':
      return {
        settlement: settle(delivery, 'release'),
        botProblem: { code: meaning.code, description: describe(outcome) },
      }
    case 'flood': {
      const floodMs = meaning.retryAfterSeconds * 1_000
      return { settlement: { ...settle(delivery, 'release'), pauseChatMs: floodMs }, floodMs }
    }
    case 'transient':
      return { settlement: retryOrFail(delivery, meaning, outcome) }
  }
}

/** The end of a delivery that was not even tried. */
export function failUnsent(delivery: ClaimedDelivery, failureClass: string, code: string): Settlement {
  return { ...fail(delivery, { class: failureClass, code }), answeredAgoMs: undefined }
}

function retryOrFail(
  delivery: ClaimedDelivery,
  meaning: Extract<OutcomeClass, { class: 'transient' }>,
  outcome: CallOutcome<unknown>,
): Decision['settlement'] {
  if (delivery.ageMs > retryForMs) return fail(delivery, meaning, outcome)
  return { ...settle(delivery, 'retry'), retryInMs: retryDelayMs(delivery.attempts) }
}

function settle(delivery: ClaimedDelivery, result: Settlement['result']): Decision['settlement'] {
  return { id: delivery.id, result, messageIds: [], failure: undefined, retryInMs: undefined, pauseChatMs: undefined }
}

function fail(
  delivery: ClaimedDelivery,
  meaning: { class: string; code: string },
  outcome?: CallOutcome<unknown>,
): Decision['settlement'] {
  const telegram =
    outcome?.kind === 'refused' ? { telegram_code: outcome.code, telegram_description: outcome.description } : {}
  const failure = { code: meaning.code, class: meaning.class, ...telegram, at: new Date().toISOString() }
  return { ...settle(delivery, 'failed'), failure }
}

function describe(outcome: CallOutcome<unknown>): string {
  return outcome.kind === 'refused' ? `${outcome.code} ${outcome.description}` : outcome.kind
}
