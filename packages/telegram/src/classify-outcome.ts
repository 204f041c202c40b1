import type { CallOutcome } from './bot-api.js'

/**
 * What a sender does about an answer.
 * - `recipient`: nothing more to this chat; `ends` says what became of the connection, if anything.
 * - `message`: this message will never be taken; the chat is fine.
 * - `bot`: the token or the bot is broken; every message would end like this.
 * - `transient`: try again later; `mayHaveArrived` when it may have been carried out all the same.
 * - `flood`: too fast; wait as long as Telegram says.
 * - `migrate`: the group has another id.
 */
export type OutcomeClass =
  | { class: 'sent' }
  | { class: 'recipient'; code: string; ends: 'blocked' | 'gone' | undefined }
  | { class: 'message'; code: string }
  | { class: 'bot'; code: string }
  | { class: 'transient'; code: string; mayHaveArrived: boolean }
  | { class: 'flood'; retryAfterSeconds: number }
  | { class: 'migrate'; toChatId: number }

/** Longer waits than a day are asked for again. */
const retryAfterMaxSeconds = 86_400

interface Rule {
  codes: readonly number[]
  /** Matched without regard to case; a rule without one fits any description. */
  pattern?: RegExp
  outcome: Extract<OutcomeClass, { class: 'recipient' | 'message' | 'bot' | 'transient' }>
}

/** The first rule that fits decides. Source: Bot API server and TDLib sources, core.telegram.org. */
const rules: readonly Rule[] = [
  {
    codes: [403],
    pattern: /blocked by the user/i,
    outcome: { class: 'recipient', code: 'recipient_blocked', ends: 'blocked' },
  },
  {
    codes: [403],
    pattern: /user is deactivated/i,
    outcome: { class: 'recipient', code: 'recipient_deactivated', ends: 'gone' },
  },
  {
    codes: [403],
    pattern: /can't initiate conversation/i,
    outcome: { class: 'recipient', code: 'recipient_not_started', ends: 'gone' },
  },
  {
    codes: [403],
    pattern: /kicked|not a member|was deleted/i,
    outcome: { class: 'recipient', code: 'recipient_gone', ends: 'gone' },
  },
  { codes: [403], outcome: { class: 'recipient', code: 'recipient_forbidden', ends: undefined } },
  {
    codes: [400],
    pattern:
      /chat not found|private chat not found|PEER_ID_INVALID|CHAT_ID_INVALID|CHANNEL_PRIVATE|CHANNEL_INVALID|can't access the chat/i,
    outcome: { class: 'recipient', code: 'recipient_gone', ends: 'gone' },
  },
  {
    codes: [400],
    pattern:
      /no write access|administrator rights|ADMIN_REQUIRED|not enough rights|no rights to send|CHAT_WRITE_FORBIDDEN|CHAT_RESTRICTED|_FORBIDDEN\b|USER_BANNED_IN_CHANNEL|YOU_BLOCKED_USER|PRIVACY_PREMIUM_REQUIRED|ALLOW_PAYMENT_REQUIRED|TOPIC_CLOSED|TOPIC_DELETED|message thread not found/i,
    outcome: { class: 'recipient', code: 'recipient_forbidden', ends: undefined },
  },
  {
    codes: [400],
    pattern: /Bad Gateway/i,
    outcome: { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true },
  },
  { codes: [400], pattern: /FROZEN_METHOD_INVALID|Logged out/i, outcome: { class: 'bot', code: 'bot_frozen' } },
  { codes: [400], pattern: /too long/i, outcome: { class: 'message', code: 'message_too_long' } },
  { codes: [400, 413], outcome: { class: 'message', code: 'message_refused' } },
  { codes: [401, 404, 421], outcome: { class: 'bot', code: 'bot_unauthorized' } },
  { codes: [409], outcome: { class: 'bot', code: 'bot_conflict' } },
]

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
  const { code, description, retryAfterSeconds, migrateToChatId } = refusal
  if (migrateToChatId !== undefined) return { class: 'migrate', toChatId: migrateToChatId }
  if (code === 429)
    return { class: 'flood', retryAfterSeconds: Math.min(Math.max(1, retryAfterSeconds ?? 1), retryAfterMaxSeconds) }
  if (/message is not modified/i.test(description)) return { class: 'sent' }
  if (code < 400 || code >= 500) return { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }

  const rule = rules.find(({ codes, pattern }) => codes.includes(code) && (pattern?.test(description) ?? true))
  return rule?.outcome ?? { class: 'message', code: 'message_refused' }
}
