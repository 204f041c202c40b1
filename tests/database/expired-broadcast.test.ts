import { completeBroadcast, connectEngine, expandBroadcast, newId } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'
import { addTenantWithBot } from './engine-lab.js'

test.each([
  ["now() - interval '1 second'", 0],
  ["now() + interval '1 hour'", 1],
])('a broadcast whose time is over at %s is expanded to nobody more, and is over', async (expiresAt, recipients) => {
  const { engineUrl, ownerUrl } = await createTestDatabase()
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const [tenantId, botId, notificationId] = [newId(), newId(), newId()]
  await addTenantWithBot(owner, { tenantId, botId })
  await owner.query("INSERT INTO chats (bot_id, chat_id, type) VALUES ($1, 1, 'private')", [botId])
  await owner.query("INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id) VALUES ($1, $2, 'u', $3, 1)", [
    tenantId,
    newId(),
    botId,
  ])
  await owner.query(
    `INSERT INTO notifications (tenant_id, id, target, priority, expires_at) VALUES ($1, $2, '{"everyone": true}', 'bulk', ${expiresAt})`,
    [tenantId, notificationId],
  )
  await owner.query(
    'INSERT INTO broadcasts (tenant_id, notification_id, audience_at, starts_at) VALUES ($1, $2, now(), now())',
    [tenantId, notificationId],
  )
  const engine = connectEngine({ url: engineUrl, poolMax: 1 })

  const slice = await expandBroadcast(engine, { tenantId, notificationId, isToTopic: false }, 100)

  expect(slice).toMatchObject({ recipients, hasMore: false })
  expect(await completeBroadcast(engine, { tenantId, notificationId })).toBe(recipients === 0)
  await engine.end()
  await owner.end()
})
