import { connectDatabase, inTransaction, newId } from '@tellwire/db'
import { moveChat, runNow, type SystemScope } from '@tellwire/domain'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test } from 'vitest'

test('who is connected in a group that moves stays so, also where a connection had ended there before', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const db = connectDatabase({ url, poolMax: 2 })
  const [tenantId, botId] = [newId(), newId()]
  await db.tenant.create({ data: { id: tenantId, name: 'T' } })
  const bot = { telegramId: 1n, username: 'a', displayName: 'a', tokenSealed: new Uint8Array(1), updateMode: 'webhook' }
  await db.bot.create({ data: { id: botId, ...bot } })
  await db.botAccess.create({ data: { tenantId, botId } })
  await db.chat.create({ data: { botId, chatId: -1n, type: 'group', language: 'fa' } })
  await db.chat.create({ data: { botId, chatId: -2n, type: 'supergroup' } })
  const connect = async (userId: string, chatId: bigint, status: string): Promise<string> => {
    await db.user.createMany({ data: [{ tenantId, userId }], skipDuplicates: true })
    return (await db.connection.create({ data: { tenantId, id: newId(), userId, botId, chatId, status } })).id
  }
  const stays = await connect('back again', -1n, 'active')
  await connect('back again', -2n, 'stopped')
  const there = await connect('in both', -2n, 'active')
  await connect('in both', -1n, 'active')
  const scope = { db, actor: { type: 'system', id: 'test' }, afterCommit: runNow, waker: { tell: () => undefined } }

  await inTransaction(scope as unknown as SystemScope, (scope) =>
    moveChat(scope, { botId, chatId: -1n, toChatId: -2n }),
  )

  const active = await db.connection.findMany({ where: { status: 'active' }, orderBy: { userId: 'asc' } })
  expect(active).toMatchObject([
    { id: stays, userId: 'back again', chatId: -2n },
    { id: there, userId: 'in both', chatId: -2n },
  ])
  expect(await db.chat.findFirst({ where: { chatId: -2n } })).toMatchObject({ language: 'fa' })
  await db.$disconnect()
})
