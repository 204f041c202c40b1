/**
 * Learns from 429s. One chat's tells that the chat is written to too fast. A second chat's within half a minute, with
 * nothing taken in between, tells that the bot sends too fast: then the whole bot waits, for the shortest of the waits.
 * After it one call tries, and the bot waits longer only if that is refused too. Afterwards it sends more slowly, and
 * gets faster again bit by bit.
 */
export interface FloodWatch {
  /** Messages that the bot may send a second at present; the full rate where nothing was learned. */
  rate(nowMs: number): number
  /** The full rate, which an operator may change. */
  setFullRate(rate: number): void
  /** Goes on with what an earlier holder of the lane had learned. */
  recall(learnedRate: number): void
  /** The rate that was learned; undefined at the full rate. */
  learnedRate(nowMs: number): number | undefined
  /**
   * @param beganAtMs when the call began that was refused.
   * @returns how long the whole bot has to wait, in milliseconds, when the 429 is about the bot.
   */
  record(chatId: string, retryAfterMs: number, beganAtMs: number): number | undefined
  /** Whether one call is to be made, and no other before its answer. */
  readonly isTrying: boolean
  /** The bot was held back: one call is to show whether it may go on. */
  tryFirst(): void
  /** Records that Telegram took a call. */
  accepted(beganAtMs: number): void
}

const windowMs = 30_000
/** A chat's own flood slows the bot a little, the bot's own much. */
const chatFactor = 0.95
const botFactor = 0.7
const leastPart = 0.1
/** Of the full rate, regained in a second. */
const regainedPerSecond = 0.005

export function createFloodWatch(initialRate: number, now: () => number = () => performance.now()): FloodWatch {
  let fullRate = initialRate
  let recent: { chatId: string; atMs: number; untilMs: number }[] = []
  let isTrying = false
  let tryingSinceMs = 0
  let learned = { rate: initialRate, atMs: now() }

  const currentRate = (nowMs: number): number => {
    const regained = ((nowMs - learned.atMs) / 1_000) * fullRate * regainedPerSecond
    return Math.max(1, Math.min(fullRate, learned.rate + regained))
  }

  const slowDown = (nowMs: number, factor: number): void => {
    learned = { rate: Math.max(fullRate * leastPart, currentRate(nowMs) * factor), atMs: nowMs }
  }

  return {
    rate: (nowMs) => Math.floor(currentRate(nowMs)),
    setFullRate(rate) {
      if (rate === fullRate) return
      fullRate = rate
      learned = { rate, atMs: now() }
    },
    recall(learnedRate) {
      learned = { rate: Math.min(fullRate, learnedRate), atMs: now() }
    },
    learnedRate(nowMs) {
      const rate = currentRate(nowMs)
      return rate < fullRate ? rate : undefined
    },
    record(chatId, retryAfterMs, beganAtMs) {
      const nowMs = now()
      recent = [
        ...recent.filter(({ atMs }) => atMs > nowMs - windowMs),
        { chatId, atMs: nowMs, untilMs: nowMs + retryAfterMs },
      ]
      const isBotWide = isTrying || new Set(recent.map((flood) => flood.chatId)).size > 1
      slowDown(nowMs, isBotWide ? botFactor : chatFactor)
      if (!isBotWide) return undefined
      // Calls that were open when the bot was held back tried nothing.
      const isTrial = isTrying && beganAtMs > tryingSinceMs
      const waitMs = isTrial ? retryAfterMs : Math.min(...recent.map(({ untilMs }) => untilMs)) - nowMs
      if (!isTrying || isTrial) tryingSinceMs = nowMs
      isTrying = true
      return Math.max(0, waitMs)
    },
    get isTrying() {
      return isTrying
    },
    tryFirst() {
      isTrying = true
      tryingSinceMs = now()
    },
    accepted(beganAtMs) {
      isTrying = false
      // A bot that is held back is refused whatever it sends.
      if (recent.length > 0) recent = recent.filter(({ atMs }) => atMs >= beganAtMs)
    },
  }
}
