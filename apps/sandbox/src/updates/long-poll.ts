import type { Update } from '@tellwire/telegram'
import { TelegramError } from '../bot-api/telegram-error.js'
import type { SandboxBot } from '../state/types.js'
import type { UpdateQueue } from './update-queue.js'

const conflicts = {
  webhook:
    "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
  newer: 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running',
  webhookSet: 'Conflict: terminated by setWebhook request',
}

const limitMax = 100
const timeoutMaxSeconds = 50

interface OpenPoll {
  end: (error: TelegramError) => void
}

interface LastPoll {
  offset: number
  atMs: number
}

/** `getUpdates`: one long poll a bot; a newer one ends the older. */
export class LongPolls {
  readonly #queue: UpdateQueue
  readonly #open = new Map<number, OpenPoll>()
  readonly #last = new Map<number, LastPoll>()

  constructor(queue: UpdateQueue) {
    this.#queue = queue
  }

  async read(
    bot: SandboxBot,
    input: { offset: number; limit: number; timeout: number },
    signal: AbortSignal,
  ): Promise<Update[]> {
    if (bot.webhook) throw new TelegramError(409, conflicts.webhook)
    this.#open.get(bot.id)?.end(new TelegramError(409, conflicts.newer))

    const { offset } = input
    if (offset > 0) this.#queue.confirm(bot, (updateId) => updateId < offset)
    if (offset < 0) this.#keepNewest(bot, -offset)
    const { limit, timeoutSeconds } = this.#throttle(bot, input)

    const ready = this.#take(bot, limit)
    if (ready.length > 0 || timeoutSeconds === 0) return ready
    return this.#wait(bot, limit, timeoutSeconds * 1_000, signal)
  }

  /** Ends a bot's long poll because a webhook was set. */
  endForWebhook(botId: number): void {
    this.#open.get(botId)?.end(new TelegramError(409, conflicts.webhookSet))
  }

  /** The same offset asked for again at once is slowed down. */
  #throttle(bot: SandboxBot, { offset, limit, timeout }: { offset: number; limit: number; timeout: number }) {
    const last = this.#last.get(bot.id)
    const nowMs = performance.now()
    this.#last.set(bot.id, { offset, atMs: nowMs })
    const sinceMs = last && last.offset === offset && bot.updates.length > 0 ? nowMs - last.atMs : Infinity
    const timeoutSeconds = Math.min(Math.max(timeout, 0), timeoutMaxSeconds)
    return {
      limit: sinceMs < 500 ? 1 : Math.min(Math.max(limit, 1), limitMax),
      timeoutSeconds: sinceMs < 3_000 ? Math.max(timeoutSeconds, 3) : timeoutSeconds,
    }
  }

  #take(bot: SandboxBot, limit: number): Update[] {
    return this.#queue
      .pending(bot)
      .slice(0, limit)
      .map(({ update }) => update)
  }

  #keepNewest(bot: SandboxBot, count: number): void {
    const kept = new Set(bot.updates.slice(-count).map(({ update }) => update.update_id))
    this.#queue.confirm(bot, (updateId) => !kept.has(updateId))
  }

  #wait(bot: SandboxBot, limit: number, timeoutMs: number, signal: AbortSignal): Promise<Update[]> {
    return new Promise((resolve, reject) => {
      const poll: OpenPoll = {
        end: (error) => {
          finish()
          reject(error)
        },
      }
      const answer = (): void => {
        finish()
        resolve(this.#take(bot, limit))
      }
      const timer = setTimeout(answer, timeoutMs)
      const unlisten = this.#queue.listen(bot.id, () => {
        if (bot.updates.length > 0) answer()
      })
      signal.addEventListener('abort', answer, { once: true })
      this.#open.set(bot.id, poll)
      const finish = (): void => {
        clearTimeout(timer)
        unlisten()
        signal.removeEventListener('abort', answer)
        if (this.#open.get(bot.id) === poll) this.#open.delete(bot.id)
      }
    })
  }
}
