import type { World } from '../state/world.js'
import { tooManyRequests } from './telegram-error.js'

const secondMs = 1_000
const minuteMs = 60_000

/** Strict sliding windows without any burst: [t, t + window) holds no more than is allowed. */
export class FloodControl {
  readonly #world: World
  readonly #accepted = new Map<string, number[]>()

  constructor(world: World) {
    this.#world = world
  }

  /** @throws a 429 when a send that arrived at `atMs` would be one too many; else counts it. */
  admit(botId: number, chatId: number, atMs: number): void {
    const { enabled, bot_per_second, chat_per_second, group_per_minute } = this.#world.limits
    if (!enabled) return
    const windows = [
      { key: `bot ${botId}`, limit: bot_per_second, windowMs: secondMs },
      { key: `chat ${botId} ${chatId}`, limit: chat_per_second, windowMs: secondMs },
      ...(chatId < 0 ? [{ key: `group ${botId} ${chatId}`, limit: group_per_minute, windowMs: minuteMs }] : []),
    ]
    const waitMs = Math.max(...windows.map(({ key, limit, windowMs }) => this.#waitMs(key, limit, windowMs, atMs)))
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1_000))
    for (const { key } of windows) this.#accepted.get(key)?.push(atMs)
  }

  #waitMs(key: string, limit: number, windowMs: number, atMs: number): number {
    const recent = (this.#accepted.get(key) ?? []).filter((earlier) => atMs - earlier < windowMs)
    this.#accepted.set(key, recent)
    const blocking = recent.at(-limit)
    return recent.length < limit || blocking === undefined ? 0 : blocking + windowMs - atMs
  }
}
