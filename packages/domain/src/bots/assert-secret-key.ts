import type { Transaction } from '@tellwire/db'
import { type Sealer, SecretKeyError } from '../secrets/sealer.js'
import { unsealBotToken } from './bot-secrets.js'

/** @throws {SecretKeyError} where the tokens of the bots were sealed with another key than the one that is given. */
export async function assertSecretKey(db: Transaction, sealer: Sealer): Promise<void> {
  const bot = await db.bot.findFirst({
    where: { status: { not: 'deleted' } },
    select: { telegramId: true, tokenSealed: true },
    orderBy: { id: 'desc' },
  })
  if (!bot) return
  try {
    unsealBotToken(sealer, bot.telegramId, bot.tokenSealed)
  } catch (cause) {
    throw new SecretKeyError(
      'SECRET_KEY is not the one with which the tokens of the bots in this database were sealed: set that one.',
      { cause },
    )
  }
}
