import { type InTransaction, newId, Prisma } from '@tellwire/db'
import { recordAudit, sealBotToken } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { type Adding, assertRoom } from '../../limits/tenant-quotas.js'
import { botExists, type CheckedBot } from './check-bot.js'
import { showBot } from './show-bot.js'

/** Stores a bot that was checked, with its lane and its place in the long polls. */
export async function registerBot(scope: InTransaction<Adding & Needs<'sealer'>>, bot: CheckedBot) {
  const { db, tenantId, sealer } = scope
  await assertRoom(scope, 'bots')
  const id = newId()
  const { token, ...facts } = bot
  const stored = await db.bot
    .create({ data: { id, tenantId, ...facts, tokenSealed: sealBotToken(sealer, bot.telegramId, token) } })
    .catch((error: unknown) => {
      throw isUniqueViolation(error) ? botExists() : error
    })
  await db.botAccess.create({ data: { tenantId, botId: id } })
  await db.lane.create({ data: { botId: id } })
  await db.updatePoller.create({ data: { botId: id, isWanted: facts.updateMode === 'polling' } })
  const view = showBot(stored)
  await recordAudit(scope, { tenantId, action: 'bot.registered', object: { type: 'bot', id: view.id }, after: view })
  return view
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}
