/** Which bots are at a server that knows no rich messages, so that none is sent there in vain. */
export interface RichSupport {
  isMissing(botId: string): boolean
  noteMissing(botId: string): void
}

/** A server is replaced now and then: it is asked again. */
const askAgainAfterMs = 3_600_000
const botsMax = 10_000

export function createRichSupport(now: () => number = () => performance.now()): RichSupport {
  const missingSinceMs = new Map<string, number>()
  return {
    isMissing(botId) {
      const sinceMs = missingSinceMs.get(botId)
      if (sinceMs === undefined) return false
      if (now() - sinceMs < askAgainAfterMs) return true
      missingSinceMs.delete(botId)
      return false
    },
    noteMissing(botId) {
      const [oldest] = missingSinceMs.keys()
      if (missingSinceMs.size >= botsMax && oldest !== undefined) missingSinceMs.delete(oldest)
      missingSinceMs.set(botId, now())
    },
  }
}
