/**
 * Pushes updates to a bot's webhook: one after the other within a queue (a chat, a person), several queues
 * at a time. The head of a queue is sent again until it is taken or expires: at once after its first
 * failure, then after 2, 4, 8 … seconds. A method call in the reply is carried out.
 */
import { randomInt } from 'node:crypto'
import { request } from 'undici'
import { isRecord } from '../is-record.js'
import type { QueuedUpdate, SandboxBot } from '../state/types.js'
import type { World } from '../state/world.js'
import type { UpdateQueue } from './update-queue.js'

const timeoutMs = 60_000
const goneForMs = 23 * 3_600_000
const retryAfterMaxSeconds = 3_600

/** Methods that a reply may not call. */
const ignoredInReplies = /^(get.*|setwebhook|deletewebhook|close|logout)$/i

type CallMethod = (bot: SandboxBot, method: string, parameters: Record<string, unknown>) => Promise<void>

interface Attempt {
  isTaken: boolean
  retryAfterSeconds?: number
}

export class WebhookDelivery {
  readonly #world: World
  readonly #queue: UpdateQueue
  readonly #callMethod: CallMethod
  /** Queues in which something is being sent, by bot. */
  readonly #active = new Map<number, Set<string>>()
  readonly #unlisten = new Map<number, () => void>()
  readonly #timers = new Set<NodeJS.Timeout>()
  #isClosed = false

  constructor(world: World, queue: UpdateQueue, callMethod: CallMethod) {
    this.#world = world
    this.#queue = queue
    this.#callMethod = callMethod
    for (const bot of world.bots.values()) this.watch(bot)
  }

  watch(bot: SandboxBot): void {
    if (!this.#unlisten.has(bot.id))
      this.#unlisten.set(
        bot.id,
        this.#queue.listen(bot.id, () => this.#pump(bot)),
      )
    this.#pump(bot)
  }

  close(): void {
    this.#isClosed = true
    for (const unlisten of this.#unlisten.values()) unlisten()
    for (const timer of this.#timers) clearTimeout(timer)
  }

  #pump(bot: SandboxBot): void {
    const { webhook } = bot
    if (!webhook || this.#isClosed) return
    const active = this.#active.get(bot.id) ?? new Set()
    this.#active.set(bot.id, active)
    for (const queued of this.#queue.pending(bot)) {
      if (active.size >= webhook.maxConnections) return
      if (active.has(queued.queueKey)) continue
      active.add(queued.queueKey)
      void this.#deliver(bot, queued, 0)
    }
  }

  async #deliver(bot: SandboxBot, queued: QueuedUpdate, failures: number): Promise<void> {
    const { webhook } = bot
    if (!webhook || this.#isClosed || !bot.updates.includes(queued)) {
      this.#finish(bot, queued)
      return
    }
    const attempt = await this.#attempt(bot, webhook.url, queued)
    const delayMs = attempt.isTaken ? 0 : retryDelayMs(failures, attempt.retryAfterSeconds)
    if (attempt.isTaken || Date.now() + delayMs > queued.expiresAtMs) {
      this.#queue.confirm(bot, (updateId) => updateId === queued.update.update_id)
      this.#finish(bot, queued)
      return
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      void this.#deliver(bot, queued, failures + 1)
    }, delayMs)
    this.#timers.add(timer)
  }

  #finish(bot: SandboxBot, queued: QueuedUpdate): void {
    this.#active.get(bot.id)?.delete(queued.queueKey)
    this.#pump(bot)
  }

  async #attempt(bot: SandboxBot, url: string, queued: QueuedUpdate): Promise<Attempt> {
    const { webhook } = bot
    if (!webhook) return { isTaken: false }
    try {
      const response = await request(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'accept-encoding': 'gzip, deflate',
          ...(webhook.secretToken === undefined ? {} : { 'x-telegram-bot-api-secret-token': webhook.secretToken }),
        },
        body: JSON.stringify(queued.update),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const body = await response.body.text()
      if (response.statusCode >= 200 && response.statusCode < 300) {
        webhook.goneSinceMs = undefined
        await this.#callFromReply(bot, response.headers['content-type'], body)
        return { isTaken: true }
      }
      this.#recordError(bot, `Wrong response from the webhook: ${response.statusCode} ${response.statusText}`)
      this.#recordGone(bot, response.statusCode)
      const retryAfter = Number(response.headers['retry-after'])
      return { isTaken: false, ...(Number.isFinite(retryAfter) ? { retryAfterSeconds: retryAfter } : {}) }
    } catch (error) {
      this.#recordError(bot, describeFailure(error))
      return { isTaken: false }
    }
  }

  #recordError(bot: SandboxBot, message: string): void {
    if (!bot.webhook) return
    bot.webhook.lastErrorDate = Math.floor(Date.now() / 1_000)
    bot.webhook.lastErrorMessage = message
    this.#world.onChange()
  }

  /** An endpoint that says for 23 hours that it is gone loses its webhook. */
  #recordGone(bot: SandboxBot, status: number): void {
    if (!bot.webhook) return
    bot.webhook.goneSinceMs = status === 410 ? (bot.webhook.goneSinceMs ?? Date.now()) : undefined
    if (bot.webhook.goneSinceMs !== undefined && Date.now() - bot.webhook.goneSinceMs > goneForMs)
      bot.webhook = undefined
  }

  async #callFromReply(bot: SandboxBot, contentType: string | string[] | undefined, body: string): Promise<void> {
    const parameters = parseReply(String(contentType ?? ''), body)
    const method = parameters?.['method']
    if (!parameters || typeof method !== 'string' || ignoredInReplies.test(method)) return
    await this.#callMethod(bot, method, parameters)
  }
}

function parseReply(contentType: string, body: string): Record<string, unknown> | undefined {
  if (contentType.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(new URLSearchParams(body))
  try {
    const value: unknown = JSON.parse(body)
    return isRecord(value) ? value : undefined
  } catch {
    return undefined
  }
}

function retryDelayMs(failures: number, retryAfterSeconds: number | undefined): number {
  if (retryAfterSeconds !== undefined) return Math.min(Math.max(retryAfterSeconds, 0), retryAfterMaxSeconds) * 1_000
  if (failures === 0) return 0
  return Math.min(2 ** failures, randomInt(60, 121)) * 1_000
}

function describeFailure(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'Read timeout expired'
  const known: Record<string, string> = {
    ECONNREFUSED: 'Connection refused',
    ECONNRESET: 'Connection reset by peer',
    ETIMEDOUT: 'Connection timed out',
    EHOSTUNREACH: 'No route to host',
  }
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return known[code] ?? "Can't connect to the webhook"
}
