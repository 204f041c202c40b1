import { findDueBroadcasts, newId, releaseDueDeliveries, releaseDueOfEachTenant } from '@tellwire/db'
import { expect, test as base } from 'vitest'
import { addTenantWithBot, type EngineLab, withEngineLab } from './engine-lab.js'

const test = base.extend<{ lab: EngineLab }>({
  lab: async ({}, use) => withEngineLab(use),
})

async function addTenant({ owner }: EngineLab): Promise<{ tenantId: string; botId: string; connectionId: string }> {
  const [tenantId, botId, connectionId] = [newId(), newId(), newId()]
  await addTenantWithBot(owner, { tenantId, botId })
  await owner.query("INSERT INTO chats (bot_id, chat_id, type) VALUES ($1, 1, 'private')", [botId])
  await owner.query("INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id) VALUES ($1, $2, 'u', $3, 1)", [
    tenantId,
    connectionId,
    botId,
  ])
  return { tenantId, botId, connectionId }
}

/** Notifications of a tenant's, so many. */
const notify = `
  INSERT INTO notifications (tenant_id, id, target, priority) SELECT $1, uuid_v7(), '{}', 'normal' FROM generate_series(1, $2)
  RETURNING tenant_id, id`

test('where very much is due of one tenant, some of the others is released as well', async ({ lab }) => {
  const [many, few] = [await addTenant(lab), await addTenant(lab)]
  const schedule = async ({ tenantId, connectionId }: typeof many, count: number, ago: string): Promise<void> => {
    await lab.owner.query(
      `WITH n AS (${notify}), d AS (
         INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, status)
         SELECT tenant_id, uuid_v7(), id, $3, 'u', 'scheduled' FROM n RETURNING *
       )
       INSERT INTO waiting_deliveries (tenant_id, id, notification_id, user_id, connection_id, priority, due_at)
       SELECT tenant_id, id, notification_id, 'u', $3, 1, now() - interval '${ago}' FROM d`,
      [tenantId, count, connectionId],
    )
  }
  await schedule(many, 300, '1 hour')
  await schedule(few, 3, '1 second')
  const left = async ({ tenantId }: typeof many) =>
    (await lab.owner.query('SELECT FROM waiting_deliveries WHERE tenant_id = $1', [tenantId])).rowCount

  expect(await releaseDueDeliveries(lab.engine, 100)).toMatchObject({ released: 100, botIds: [many.botId] })
  expect([await left(many), await left(few)]).toEqual([200, 3])
  const { released, botIds } = await releaseDueOfEachTenant(lab.engine, { countMax: 100, ofEachMax: 20 })
  expect({ released, botIds: botIds.toSorted() }).toEqual({
    released: 23,
    botIds: [many.botId, few.botId].toSorted(),
  })
  expect([await left(many), await left(few)]).toEqual([180, 0])
})

test('of tenants that have few broadcasts due, each is found beside one that has very many', async ({ lab }) => {
  const [many, few] = [await addTenant(lab), await addTenant(lab)]
  const announce = (tenantId: string, count: number, ago: string) =>
    lab.owner.query(
      `WITH n AS (${notify})
       INSERT INTO broadcasts (tenant_id, notification_id, audience_at, starts_at)
       SELECT tenant_id, id, now(), now() - interval '${ago}' FROM n`,
      [tenantId, count],
    )
  await announce(many.tenantId, 1_500, '1 hour')
  await announce(few.tenantId, 2, '1 second')

  const found = await findDueBroadcasts(lab.engine)

  expect(found.filter(({ tenantId }) => tenantId === few.tenantId)).toHaveLength(2)
  expect(new Set(found.map(({ notificationId }) => notificationId)).size).toBe(found.length)
  expect(found.length).toBeLessThan(1_100)
})
