import type { Database } from '@tellwire/db'
import { type Sealer, unsealBotToken } from '@tellwire/domain'
import type { Logger } from '@tellwire/observability'

export interface BotToken {
  text: string
  /** As it is stored: whoever holds another one has another token. */
  sealed: Uint8Array
}

/** The tokens of the bots whose lanes this process drains. */
export interface BotTokens {
  /** @returns undefined for a bot that is gone, or whose token cannot be read here. */
  read(botId: string): Promise<BotToken | undefined>
  /** Reads the token anew the next time: it was replaced. */
  forget(botId: string): void
}

const keptMax = 10_000
/** How long a lane is left alone whose bot's token cannot be read here. */
const unreadableForMs = 60_000

export function createBotTokens({ db, sealer, log }: { db: Database; sealer: Sealer; log: Logger }): BotTokens {
  const kept = new Map<string, BotToken>()
  const unreadableUntilMs = new Map<string, number>()

  return {
    async read(botId) {
      const known = kept.get(botId)
      if (known || performance.now() < (unreadableUntilMs.get(botId) ?? 0)) return known
      const bot = await db.bot.findUnique({
        where: { id: botId },
        select: { tenantId: true, telegramId: true, tokenSealed: true },
      })
      if (!bot) return undefined
      try {
        const token = { text: unsealBotToken(sealer, bot), sealed: bot.tokenSealed }
        const [oldest] = kept.keys()
        if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
        kept.set(botId, token)
        unreadableUntilMs.delete(botId)
        return token
      } catch (error) {
        log.error({ err: error, botId }, "a bot's token cannot be read")
        unreadableUntilMs.set(botId, performance.now() + unreadableForMs)
        return undefined
      }
    },
    forget: (botId) => void kept.delete(botId),
  }
}
