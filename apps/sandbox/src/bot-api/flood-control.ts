import type { World } from '../state/world.js'
import { tooManyRequests } from './telegram-error.js'

const secondMs = 1_000
const minuteMs = 60_000

interface FloodWindow {
  key: string
  limit: number
  windowMs: number
  count: number
}

/** Strict sliding windows without any burst: [t, t + window) holds no more than is allowed. */
export class FloodControl {
  readonly #world: World
  readonly #accepted = new Map<string, number[]>()

  constructor(world: World) {
    this.#world = world
  }

  /**
   * An album is as many sends as it has files, save for the chat's second, in which it is one.
   * @throws a 429 when a send that arrived at `atMs` would be one too many; else counts it.
   */
  admit(botId: number, chatId: number, atMs: number, count = 1): void {
    const { enabled, bot_per_second, chat_per_second, group_per_minute } = this.#world.limits
    if (!enabled) return
    const windows = [
      { key: `bot ${botId}`, limit: bot_per_second, windowMs: secondMs, count },
      { key: `chat ${botId} ${chatId}`, limit: chat_per_second, windowMs: secondMs, count: 1 },
      ...(chatId < 0 ? [{ key: `group ${botId} ${chatId}`, limit: group_per_minute, windowMs: minuteMs, count }] : []),
    ]
    const waitMs = Math.max(...windows.map((window) => this.#waitMs(window, atMs)))
    if (waitMs > 0) throw tooManyRequests(Math.ceil(waitMs / 1_000))
    for (const { key, count: sends } of windows) {
      this.#accepted.get(key)?.push(...Array.from({ length: sends }, () => atMs))
    }
  }

  #waitMs({ key, limit, windowMs, count }: FloodWindow, atMs: number): number {
    const recent = (this.#accepted.get(key) ?? []).filter((earlier) => atMs - earlier < windowMs)
    this.#accepted.set(key, recent)
    // More than there may ever be goes when nothing else does.
    const tooMany = recent.length + Math.min(count, limit) - limit
    const blocking = recent[tooMany - 1]
    return tooMany <= 0 || blocking === undefined ? 0 : blocking + windowMs - atMs
  }
}
