import { type InTransaction, newId, Prisma } from '@tellwire/db'
import { sealBotToken, type SystemScope } from '@tellwire/domain'
import type { Needs } from '../context.js'
import { botExists, type CheckedBot } from './check-bot.js'

/** Stores a bot that was checked, with its lane and its place in the long polls. @param tenantId null for one that is shared. */
export async function storeBot(
  { db, sealer }: InTransaction<SystemScope & Needs<'sealer'>>,
  tenantId: string | null,
  bot: CheckedBot,
) {
  const id = newId()
  const { token, ...facts } = bot
  const stored = await db.bot
    .create({
      data: {
        id,
        tenantId,
        ...facts,
        tokenSealed: sealBotToken(sealer, { tenantId, telegramId: bot.telegramId }, token),
      },
    })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? botExists() : error
    })
  await db.lane.create({ data: { botId: id } })
  await db.updatePoller.create({ data: { botId: id, isWanted: facts.updateMode === 'polling' } })
  return stored
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
