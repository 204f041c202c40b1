import type { Update } from '@tellwire/telegram'
import type { SandboxBot } from '../state/types.js'
import type { World } from '../state/world.js'

const dayMs = 24 * 3_600_000
const callbackLifeMs = 150_000

/** Kinds that a bot hears of only when it asks for them. */
const notByDefault = new Set(['chat_member', 'message_reaction', 'message_reaction_count'])

export const knownKinds = new Set([
  'message',
  'edited_message',
  'channel_post',
  'edited_channel_post',
  'business_connection',
  'business_message',
  'edited_business_message',
  'deleted_business_messages',
  'message_reaction',
  'message_reaction_count',
  'inline_query',
  'chosen_inline_result',
  'callback_query',
  'shipping_query',
  'pre_checkout_query',
  'purchased_paid_media',
  'poll',
  'poll_answer',
  'my_chat_member',
  'chat_member',
  'chat_join_request',
  'chat_boost',
  'removed_chat_boost',
])

type Content = Omit<Update, 'update_id'>

/** Queues what happened for a bot, and tells whoever waits for it. */
export class UpdateQueue {
  readonly #world: World
  readonly #listeners = new Map<number, Set<() => void>>()

  constructor(world: World) {
    this.#world = world
  }

  push(bot: SandboxBot, content: Content, queueKey: string): void {
    const kind = Object.keys(content)[0] ?? ''
    const isWanted = bot.allowedUpdates ? bot.allowedUpdates.includes(kind) : !notByDefault.has(kind)
    if (!isWanted) return
    const lifeMs = kind === 'callback_query' ? callbackLifeMs : dayMs
    bot.updates.push({
      update: { update_id: bot.nextUpdateId++, ...content },
      queueKey,
      expiresAtMs: Date.now() + lifeMs,
    })
    this.#world.onChange()
    this.notify(bot.id)
  }

  /** Drops what has expired; what is left, oldest first. */
  pending(bot: SandboxBot): SandboxBot['updates'] {
    const nowMs = Date.now()
    if (bot.updates.some(({ expiresAtMs }) => expiresAtMs < nowMs))
      bot.updates = bot.updates.filter(({ expiresAtMs }) => expiresAtMs >= nowMs)
    return bot.updates
  }

  confirm(bot: SandboxBot, isConfirmed: (updateId: number) => boolean): void {
    const { length } = bot.updates
    bot.updates = bot.updates.filter(({ update }) => !isConfirmed(update.update_id))
    if (bot.updates.length !== length) this.#world.onChange()
  }

  /** Calls `listener` whenever a bot's queue or webhook changes. @returns how to stop that. */
  listen(botId: number, listener: () => void): () => void {
    const listeners = this.#listeners.get(botId) ?? new Set()
    this.#listeners.set(botId, listeners.add(listener))
    return () => listeners.delete(listener)
  }

  notify(botId: number): void {
    for (const listener of this.#listeners.get(botId) ?? []) listener()
  }
}
