import type { CallOutcome } from './bot-api.js'
import { failureTable, type RefusalMeaning } from './failure-table.js'

/**
 * What a sender does about an answer: besides what a refusal can mean,
 * - `flood`: too fast; wait as long as Telegram says.
 * - `migrate`: the group has another id.
 */
export type OutcomeClass =
  | { class: 'sent' }
  | RefusalMeaning
  | { class: 'flood'; retryAfterSeconds: number }
  | { class: 'migrate'; toChatId: number }

/** Longer waits than a day are asked for again. */
const retryAfterMaxSeconds = 86_400

/** One place that knows what Telegram's answers mean; unknown 4xx count against the message. */
export function classifyOutcome(outcome: CallOutcome<unknown>): OutcomeClass {
  switch (outcome.kind) {
    case 'ok':
      return { class: 'sent' }
    case 'no_answer':
      return { class: 'transient', code: 'telegram_unreachable', mayHaveArrived: !outcome.isUnsent }
    case 'refused':
      return classifyRefusal(outcome)
  }
}

function classifyRefusal(refusal: Extract<CallOutcome<unknown>, { kind: 'refused' }>): OutcomeClass {
  const { code, description, isForeign, retryAfterSeconds, migrateToChatId } = refusal
  if (migrateToChatId !== undefined) return { class: 'migrate', toChatId: migrateToChatId }
  if (code === 429)
    return { class: 'flood', retryAfterSeconds: Math.min(Math.max(1, retryAfterSeconds ?? 1), retryAfterMaxSeconds) }
  if (/message is not modified/i.test(description)) return { class: 'sent' }
  // Who or what a 404 of a proxy is about, nobody knows; but Telegram has not heard of the call.
  if (isForeign && code >= 400 && code < 500 && code !== 413)
    return { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: false }
  if (code < 400 || code >= 500) return { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }

  const row = failureTable.find(({ codes, pattern }) => codes.includes(code) && (pattern?.test(description) ?? true))
  return row?.outcome ?? { class: 'message', code: 'message_refused', isFormatting: false }
}
