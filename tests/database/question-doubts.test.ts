import {
  connectDatabase,
  connectEngine,
  doubtQuestionsOf,
  findQuestionDoubts,
  newId,
  walkDoubtedConnections,
} from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

test('the questions of connections that end are found, however many others are open', async () => {
  const { ownerUrl, engineUrl } = await createTestDatabase()
  const owner = new pg.Client({ connectionString: ownerUrl })
  const [engine, db] = [connectEngine({ url: engineUrl, poolMax: 1 }), connectDatabase({ url: engineUrl, poolMax: 1 })]
  await owner.connect()
  const [tenantId, idle, first, second] = [newId(), newId(), newId(), newId()]
  // 1,300 questions, each to a connection of its own but for two of them.
  await owner.query(
    `INSERT INTO questions (tenant_id, id, quorum, expires_at)
     SELECT $1, uuid_v7(), 'first', now() + interval '1 day' FROM generate_series(1, 1300)`,
    [tenantId],
  )
  await owner.query('SET session_replication_role = replica')
  await owner.query(
    `INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id)
     SELECT $1, uuid_v7(), q.id, CASE q.place WHEN 7 THEN $2::uuid WHEN 1290 THEN $3::uuid ELSE gen_random_uuid() END, 'u'
     FROM (SELECT id, row_number() OVER (ORDER BY id) AS place FROM questions) q`,
    [tenantId, first, second],
  )

  await doubtQuestionsOf(engine, [
    { tenantId, id: first },
    { tenantId, id: second },
    // Of a tenant that asks nothing.
    { tenantId: idle, id: newId() },
  ])
  expect(await db.connectionDoubt.count()).toBe(2)
  let stretches = 0
  while (await walkDoubtedConnections(engine)) stretches++

  expect(stretches).toBe(3)
  expect(await db.connectionDoubt.count()).toBe(0)
  expect(await findQuestionDoubts(engine)).toHaveLength(2)
  await Promise.all([engine.end(), owner.end(), db.$disconnect()])
})
