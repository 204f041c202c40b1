const windowMs = 30_000

/** Tells a chat that is written to too fast from a bot that sends too fast. */
export interface FloodWatch {
  /** @returns how long the whole bot has to wait, when this 429 is the second chat's within half a minute. */
  note(chatId: string, retryAfterMs: number): number | undefined
}

export function createFloodWatch(now: () => number = () => performance.now()): FloodWatch {
  let recent: { chatId: string; atMs: number; untilMs: number }[] = []
  return {
    note(chatId, retryAfterMs) {
      const nowMs = now()
      recent = [
        ...recent.filter(({ atMs }) => atMs > nowMs - windowMs),
        { chatId, atMs: nowMs, untilMs: nowMs + retryAfterMs },
      ]
      if (new Set(recent.map((flood) => flood.chatId)).size < 2) return undefined
      return Math.max(...recent.map(({ untilMs }) => untilMs)) - nowMs
    },
  }
}
