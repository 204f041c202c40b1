import type { InTransaction } from '@tellwire/db'
import { recordAudit } from '@tellwire/domain'
import type { CheckedBot } from '../../bots/check-bot.js'
import { showBot } from '../../bots/show-bot.js'
import { storeBot } from '../../bots/store-bot.js'
import type { Needs } from '../../context.js'
import { type Adding, assertRoom } from '../../limits/tenant-quotas.js'

/** Registers a bot of the tenant's own. */
export async function registerBot(scope: InTransaction<Adding & Needs<'sealer'>>, bot: CheckedBot) {
  const { db, tenantId } = scope
  await assertRoom(scope, 'bots')
  const stored = await storeBot(scope, tenantId, bot)
  await db.botAccess.create({ data: { tenantId, botId: stored.id } })
  const view = showBot(stored)
  await recordAudit(scope, { tenantId, action: 'bot.registered', object: { type: 'bot', id: view.id }, after: view })
  return view
}
