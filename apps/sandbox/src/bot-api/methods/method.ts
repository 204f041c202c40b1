import type { FloodControl } from '../flood-control.js'
import type { Parameters } from '../parameters.js'
import type { SandboxBot } from '../../state/types.js'
import type { World } from '../../state/world.js'
import type { LongPolls } from '../../updates/long-poll.js'
import type { UpdateQueue } from '../../updates/update-queue.js'
import type { WebhookDelivery } from '../../updates/webhook-delivery.js'

/** One call of one method. */
export interface MethodCall {
  world: World
  bot: SandboxBot
  parameters: Parameters
  /** When the request's head arrived. */
  atMs: number
  flood: FloodControl
  queue: UpdateQueue
  polls: LongPolls
  webhooks: WebhookDelivery
  answers: CallbackAnswers
  /** Cloud rules: webhooks need HTTPS and one of Telegram's ports. */
  isCloud: boolean
  /** Aborts when the caller hangs up. */
  signal: AbortSignal
}

export interface MethodResult {
  result: unknown
  /** Only the webhook methods say something besides the result. */
  description?: string
}

/** @throws TelegramError for a refusal. */
export type Method = (call: MethodCall) => MethodResult | Promise<MethodResult>

/** Button presses that wait to be answered, by query id. */
export type CallbackAnswers = Map<
  string,
  { botId: number; atMs: number; text: string | undefined; isAnswered: boolean }
>
