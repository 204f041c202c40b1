import { connectDatabase, eraseUser, newId } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test } from 'vitest'

test('a person is found among many others, however far apart what is held about them lies', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const db = connectDatabase({ url, poolMax: 2 })
  const [tenantId, connectionId] = [newId(), newId()]
  await db.tenant.create({ data: { id: tenantId, name: 'T' } })
  // More than are looked at in one go.
  const [all, ofTheirs] = [45_000, 900]
  await db.$executeRaw`
    INSERT INTO events (tenant_id, type, data)
    SELECT ${tenantId}::uuid, 'message.received', jsonb_build_object('user_id', CASE WHEN n % 50 = 0 THEN 'ada' ELSE 'bob' END)
    FROM generate_series(1, ${all}) n`
  await db.$executeRaw`
    INSERT INTO notifications (tenant_id, id, target, priority)
    SELECT ${tenantId}::uuid, uuidv7(), CASE
      WHEN n % 50 = 0 THEN '{"user_id": "ada"}'::jsonb
      WHEN n % 50 = 1 THEN '{"user_ids": ["ada", "bob"]}'::jsonb
      ELSE '{"user_id": "bob"}'::jsonb
    END, 'normal'
    FROM generate_series(1, ${all}) n`
  await db.$executeRaw`
    INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id)
    SELECT tenant_id, uuidv7(), id, ${connectionId}::uuid, coalesce(target ->> 'user_id', 'bob') FROM notifications`
  let slices = 0

  const removed = await eraseUser(db, {
    tenantId,
    userId: 'ada',
    showConnectionId: (id) => id,
    prove: () => '',
    openKept: () => undefined,
    beforeSlice: async () => void slices++,
  })

  expect(removed).toMatchObject({ events: ofTheirs, notifications: ofTheirs, deliveries: ofTheirs })
  expect(await db.event.count()).toBe(all - ofTheirs)
  expect(await db.notification.count()).toBe(all - ofTheirs)
  expect(await db.notification.count({ where: { target: { path: ['user_ids'], equals: ['bob'] } } })).toBe(ofTheirs)
  expect(await db.delivery.count()).toBe(all - ofTheirs)
  // Whoever does this may say at any of them that it is to end.
  expect(slices).toBeGreaterThan(20)
  await db.$disconnect()
})

test('of a group that became a supergroup, what was kept of the group goes too', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const db = connectDatabase({ url, poolMax: 2 })
  const [tenantId, botId] = [newId(), newId()]
  await db.tenant.create({ data: { id: tenantId, name: 'T' } })
  await db.user.create({ data: { tenantId, userId: 'ada' } })
  const bot = { telegramId: 1n, username: 'a', displayName: 'a', tokenSealed: new Uint8Array(1), updateMode: 'polling' }
  await db.bot.create({ data: { id: botId, ...bot } })
  await db.botAccess.create({ data: { tenantId, botId } })
  await db.chat.createMany({
    data: [
      { botId, chatId: -1n, type: 'group', title: 'Ada and friends', migratedToChatId: -100n },
      { botId, chatId: -100n, type: 'supergroup', title: 'Ada and friends' },
      { botId, chatId: -2n, type: 'group', title: 'Others' },
    ],
  })
  await db.connection.create({ data: { tenantId, id: newId(), userId: 'ada', botId, chatId: -100n } })
  const erase = () =>
    eraseUser(db, { tenantId, userId: 'ada', showConnectionId: (id) => id, prove: () => '', openKept: () => undefined })

  expect(await erase()).toMatchObject({ connections: 1, chats: 2, users: 1 })
  expect(await db.chat.findMany({ select: { title: true } })).toEqual([{ title: 'Others' }])
  await db.$disconnect()
})
