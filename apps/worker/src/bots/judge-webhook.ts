import { webhookConnectionsMax } from '@tellwire/domain'
import { subscribedUpdates } from '@tellwire/telegram'

/** A bot's subscription, as it is to be and as Telegram says that it is. */
export interface WebhookFacts {
  wanted: 'auto' | 'polling' | 'webhook'
  /** Where its updates are to be sent; undefined where Telegram reaches nothing of ours. */
  address: string | undefined
  /** Whether Telegram was told the secret that is sent along now. */
  isSecretTold: boolean
  /** Until when it is polled because the webhook failed. */
  polledUntilMs: number | undefined
  /** Since when the webhook fails. */
  failingSinceMs: number | undefined
  info: {
    url?: string | undefined
    pending_update_count: number
    last_error_date?: number | undefined
    last_error_message?: string | undefined
    max_connections?: number | undefined
    allowed_updates?: readonly string[] | undefined
  }
}

/** A judgement of it, with the call that puts it right. */
export interface WebhookVerdict {
  action: 'nothing' | 'set' | 'delete'
  mode: 'polling' | 'webhook'
  /** Whether updates come; `unknown` right after something was changed, and while a bot is polled instead. */
  health: 'reached' | 'failing' | 'unknown'
  /** Telegram's words where it does not reach the webhook. */
  error: string | undefined
  /** The webhook has failed for long enough that the bot is polled for a while. */
  fallsBack: boolean
}

/** An error that was not seen for so long is over: Telegram never takes it back by itself. */
const errorLastsMs = 120_000
/** For so long a webhook may fail before a bot that may be polled is. */
const patienceMs = 15_000

/** Judges whether a bot's updates come as they should. It asks nobody and changes nothing. */
export function judgeWebhook(facts: WebhookFacts, nowMs: number): WebhookVerdict {
  const { wanted, address, isSecretTold, polledUntilMs, failingSinceMs, info } = facts
  const isPolledForNow = wanted === 'auto' && polledUntilMs !== undefined && nowMs < polledUntilMs
  if (wanted === 'polling' || address === undefined || isPolledForNow) {
    const health = isPolledForNow ? 'unknown' : 'reached'
    return { ...nothing, action: info.url ? 'delete' : 'nothing', mode: 'polling', health }
  }
  const isRight =
    info.url === address &&
    isSecretTold &&
    info.max_connections === webhookConnectionsMax &&
    isSame(info.allowed_updates ?? [], subscribedUpdates)
  if (!isRight) return { ...nothing, action: 'set', health: 'unknown' }
  const error = errorOf(info, nowMs)
  const hasFailedLong = failingSinceMs !== undefined && nowMs - failingSinceMs >= patienceMs
  if (error === undefined) return nothing
  if (!hasFailedLong || wanted !== 'auto') return { ...nothing, health: 'failing', error }
  return { action: 'delete', mode: 'polling', health: 'failing', error, fallsBack: true }
}

const nothing: WebhookVerdict = {
  action: 'nothing',
  mode: 'webhook',
  health: 'reached',
  error: undefined,
  fallsBack: false,
}

/** Updates that wait, and an error a moment ago. */
function errorOf(info: WebhookFacts['info'], nowMs: number): string | undefined {
  const { pending_update_count: pending, last_error_date: date, last_error_message: message } = info
  if (pending === 0 || date === undefined || nowMs - date * 1_000 > errorLastsMs) return undefined
  return message ?? 'The webhook is not reached.'
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && others.every((each) => some.includes(each))
}
