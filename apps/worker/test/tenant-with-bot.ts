import { type Database, newId } from '@tellwire/db'

/** Makes a tenant with a user `u`, and a bot that it may use. */
export async function addTenantWithBot(db: Database): Promise<{ tenantId: string; botId: string }> {
  const [tenantId, botId] = [newId(), newId()]
  await db.tenant.create({ data: { id: tenantId, name: 'Acme' } })
  await db.bot.create({
    data: {
      id: botId,
      telegramId: 1n,
      username: 'a',
      displayName: 'a',
      tokenSealed: new Uint8Array(1),
      updateMode: 'polling',
    },
  })
  await db.botAccess.create({ data: { tenantId, botId } })
  await db.user.create({ data: { tenantId, userId: 'u' } })
  return { tenantId, botId }
}
