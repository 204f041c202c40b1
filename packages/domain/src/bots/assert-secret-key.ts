import type { Transaction } from '@tellwire/db'
import { notOfDatabase } from '../secrets/open-sealer.js'
import type { Sealer } from '../secrets/sealer.js'
import { unsealBotToken } from './bot-secrets.js'

/** @throws {SecretKeyError} where the tokens of the bots were sealed with another key than those that are given. */
export async function assertSecretKey(db: Transaction, sealer: Sealer): Promise<void> {
  const bot = await db.bot.findFirst({
    where: { status: { not: 'deleted' } },
    select: { tenantId: true, telegramId: true, tokenSealed: true },
    orderBy: { id: 'desc' },
  })
  if (!bot) return
  try {
    unsealBotToken(sealer, bot)
  } catch (cause) {
    throw notOfDatabase(cause)
  }
}
