import { connectDatabase, exportUser, idFloor, newId } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test } from 'vitest'

test('what is held about a person comes in pages, each thing on one of them, and of others nothing', async () => {
  const database = await createTestDatabase()
  const db = connectDatabase({ url: database.engineUrl, poolMax: 2 })
  const { id: tenantId } = await db.tenant.create({ data: { id: newId(), name: 'T' } })
  const idOf = (second: number) => idFloor(Date.now() - 60_000 + second * 1_000).slice(0, 13) + newId().slice(13)
  const [notifications, events] = [[1, 2, 3, 4, 5].map(idOf), [2, 4, 6, 8, 10, 12].map(idOf)]
  for (const id of notifications) {
    await db.$executeRaw`INSERT INTO notifications (tenant_id, id, target, priority)
      VALUES (${tenantId}::uuid, ${id}::uuid, '{"user_ids": ["ada", "bob"]}', 'normal')`
  }
  for (const id of events) {
    await db.$executeRaw`INSERT INTO events (tenant_id, id, type, data)
      VALUES (${tenantId}::uuid, ${id}::uuid, 'message.received', '{"user_id": "ada"}')`
  }
  // A broadcast of long ago, which came to the person just now.
  const broadcast = idOf(-3_000)
  await db.$executeRaw`INSERT INTO notifications (tenant_id, id, target, priority)
    VALUES (${tenantId}::uuid, ${broadcast}::uuid, '{"topic": "news"}', 'bulk')`
  await db.$executeRaw`INSERT INTO deliveries (tenant_id, id, notification_id, user_id)
    VALUES (${tenantId}::uuid, ${idOf(13)}::uuid, ${broadcast}::uuid, 'ada')`

  const found: { notifications: string[]; events: string[] } = { notifications: [], events: [] }
  let before: string | undefined
  do {
    const page = await exportUser(db, {
      tenantId,
      userId: 'ada',
      shownIds: [],
      countMax: 2,
      bytesMax: 1_000_000,
      before,
    })
    expect(JSON.stringify(page)).not.toContain('bob')
    found.notifications.push(...page.notifications.map(({ id }) => id))
    found.events.push(...page.events.map(({ id }) => id))
    before = page.endsAt
  } while (before !== undefined)

  expect(found.notifications.toSorted()).toEqual([broadcast, ...notifications])
  expect(found.events).toEqual(events.toReversed())
  await db.$disconnect()
})
