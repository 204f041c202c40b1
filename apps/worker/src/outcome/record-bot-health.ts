import { inTransaction } from '@tellwire/db'
import { recordEvents, type SystemScope } from '@tellwire/domain'

/**
 * Records that Telegram refuses a bot, or takes it again. Its tenants are told when that changes. What was said of a
 * token that was replaced meanwhile counts no more.
 */
export async function recordBotHealth(
  scope: SystemScope,
  { botId, tokenSealed }: { botId: string; tokenSealed: Uint8Array },
  isRefused: boolean,
): Promise<void> {
  const status = isRefused ? 'unauthorized' : 'active'
  await inTransaction(scope, async ({ db }) => {
    const { count } = await db.bot.updateMany({
      where: { id: botId, status: { notIn: [status, 'deleted'] }, tokenSealed: new Uint8Array(tokenSealed) },
      data: { status },
    })
    if (count === 0) return
    const tenants = await db.botAccess.findMany({ where: { botId, leftAt: null }, select: { tenantId: true } })
    await recordEvents(
      db,
      tenants.map(({ tenantId }) => ({
        tenantId,
        type: isRefused ? 'bot.unauthorized' : 'bot.restored',
        data: { bot_id: botId },
      })),
    )
  })
}
