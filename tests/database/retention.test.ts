import { applyRetention, connectDatabase, type Database, idFloor, newId } from '@tellwire/db'
import { fileKey, removeUnusedFiles } from '@tellwire/domain'
import { createTestDatabase, eventually } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'
import { addTenantWithBot } from './engine-lab.js'

const dayMs = 86_400_000

interface Lab {
  db: Database
  owner: pg.Client
  /** Of the service. */
  url: string
  tenant(settings?: { contentDays?: number; metadataDays?: number; fileDays?: number }): Promise<string>
  /** A notification with its delivery, its content and an event, as if it had been accepted so many days ago. */
  notify(tenantId: string, daysAgo: number): Promise<string>
  count(table: string, tenantId: string): Promise<number>
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    const database = await createTestDatabase()
    const db = connectDatabase({ url: database.engineUrl, poolMax: 4 })
    const owner = new pg.Client({ connectionString: database.ownerUrl })
    await owner.connect()
    await makeOldPartitions(owner)
    await use({
      db,
      owner,
      url: database.engineUrl,
      async tenant(settings = {}) {
        const { id } = await db.tenant.create({ data: { id: newId(), name: 'T', ...settings } })
        return id
      },
      async notify(tenantId, daysAgo) {
        const id = idFloor(Date.now() - daysAgo * dayMs).slice(0, 13) + newId().slice(13)
        await owner.query(
          `INSERT INTO notifications (tenant_id, id, target, priority) VALUES ($1, $2, '{}', 'normal')`,
          [tenantId, id],
        )
        await owner.query(
          `INSERT INTO notification_contents (tenant_id, notification_id, format, text) VALUES ($1, $2, 'plain', 'x')`,
          [tenantId, id],
        )
        await owner.query(
          `INSERT INTO deliveries (tenant_id, id, notification_id, user_id, status) VALUES ($1, $2, $2, 'u', 'sent')`,
          [tenantId, id],
        )
        await owner.query(`INSERT INTO events (tenant_id, id, type, data) VALUES ($1, $2, 'notification.sent', '{}')`, [
          tenantId,
          id,
        ])
        return id
      },
      async count(table, tenantId) {
        const { rows } = await owner.query<{ count: number }>(
          `SELECT count(*)::int FROM ${table} WHERE tenant_id = $1`,
          [tenantId],
        )
        return rows[0]?.count ?? NaN
      },
    })
    await owner.end()
    await db.$disconnect()
  },
})

/** A year of weeks, as a service has them that has run for so long. */
async function makeOldPartitions(owner: pg.Client): Promise<void> {
  const monday = Date.now() - ((new Date().getUTCDay() + 6) % 7) * dayMs
  for (let week = 1; week <= 52; week++) {
    const begins = new Date(monday - week * 7 * dayMs).toISOString().slice(0, 10)
    const beginsMs = Date.parse(begins)
    for (const parent of ['notifications', 'notification_contents', 'deliveries', 'events']) {
      await owner.query(
        `CREATE TABLE ${parent}_week_${begins.replaceAll('-', '')} PARTITION OF ${parent}
         FOR VALUES FROM ('${idFloor(beginsMs)}') TO ('${idFloor(beginsMs + 7 * dayMs)}')`,
      )
    }
  }
  await owner.query('GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tellwire_engine')
}

test('what is too old for everybody goes with its partition, and what is younger stays', async ({ lab }) => {
  const tenantId = await lab.tenant()
  for (const daysAgo of [1, 20, 60, 200]) await lab.notify(tenantId, daysAgo)

  const { dropped, removed } = await applyRetention(lab.db)

  expect(dropped.length).toBeGreaterThan(100)
  expect(removed).toEqual({})
  expect(await lab.count('notification_contents', tenantId)).toBe(2)
  expect(await lab.count('notifications', tenantId)).toBe(3)
  expect(await lab.count('deliveries', tenantId)).toBe(3)
  expect(await lab.count('events', tenantId)).toBe(3)
  expect((await applyRetention(lab.db)).dropped).toEqual([])
})

test('tenants keep theirs for as long as they say', async ({ lab }) => {
  const short = await lab.tenant({ contentDays: 10, metadataDays: 50 })
  const long = await lab.tenant({ contentDays: 100, metadataDays: 300 })
  const usual = await lab.tenant()
  for (const tenantId of [short, long, usual])
    for (const daysAgo of [1, 20, 60, 200]) await lab.notify(tenantId, daysAgo)

  await applyRetention(lab.db)

  const counts = async (table: string) => {
    const found: number[] = []
    for (const tenantId of [short, usual, long]) found.push(await lab.count(table, tenantId))
    return found
  }
  expect(await counts('notification_contents')).toEqual([1, 2, 3])
  expect(await counts('notifications')).toEqual([2, 3, 4])
  expect(await counts('deliveries')).toEqual([2, 3, 4])
  expect(await counts('events')).toEqual([2, 3, 4])
})

test('a large partition is searched to its end for what some do not keep, and then not again for a day', async ({
  lab,
}) => {
  const short = await lab.tenant({ metadataDays: 50 })
  const long = await lab.tenant({ metadataDays: 300 })
  const each = 60_000
  await lab.owner.query(
    `INSERT INTO events (tenant_id, id, type, data)
     SELECT CASE WHEN n % 2 = 0 THEN $1::uuid ELSE $2::uuid END, uuid_v7_after($3::uuid, n), 'notification.sent', '{}'
     FROM generate_series(1, $4::int) n`,
    [short, long, idFloor(Date.now() - 100 * dayMs), 2 * each],
  )
  const searched = new Map<string, number>()
  let slices = 0

  const { removed } = await applyRetention(lab.db, { searched, beforeSlice: async () => void slices++ })

  expect(removed).toEqual({ events: each })
  expect(await lab.count('events', long)).toBe(each)
  expect(slices).toBeGreaterThan(30)
  await lab.notify(short, 100)
  await applyRetention(lab.db, { searched })
  expect(await lab.count('events', short)).toBe(1)
  await applyRetention(lab.db, { searched: new Map() })
  expect(await lab.count('events', short)).toBe(0)
})

test('one partition that cannot be searched now holds up none of the others', async ({ lab }) => {
  const short = await lab.tenant({ metadataDays: 50 })
  await lab.tenant({ metadataDays: 300 })
  await lab.notify(short, 100)
  await lab.notify(short, 200)
  const errors: unknown[] = []
  let slices = 0

  await applyRetention(lab.db, {
    onError: (error) => errors.push(error),
    beforeSlice: async () => {
      if (slices++ === 0) throw new Error('not this one')
    },
  })

  expect(errors).toEqual([new Error('not this one')])
  const left = await Promise.all(['deliveries', 'notifications', 'events'].map((table) => lab.count(table, short)))
  expect(left).toEqual([1, 0, 0])
})

test('what is still to be sent stays whole, however long ago it was accepted', async ({ lab }) => {
  const tenantId = await lab.tenant()
  const [waiting, ended] = [await lab.notify(tenantId, 200), await lab.notify(tenantId, 200)]
  await lab.owner.query(
    `INSERT INTO waiting_deliveries (id, tenant_id, notification_id, user_id, priority, due_at)
     VALUES ($1, $2, $1, 'u', 1, now() + interval '1 day')`,
    [waiting, tenantId],
  )

  await applyRetention(lab.db)

  const idsOf = async (table: string, key: string) =>
    (
      await lab.owner.query<{ id: string }>(`SELECT ${key} AS id FROM ${table} WHERE tenant_id = $1`, [tenantId])
    ).rows.map(({ id }) => id)
  expect(await idsOf('notification_contents', 'notification_id')).toEqual([waiting])
  expect(await idsOf('deliveries', 'id')).toEqual([waiting])
  expect(await idsOf('notifications', 'id')).toEqual([waiting])
  expect(ended).not.toBe(waiting)
})

test('a partition that somebody reads is left for the next time, and nobody who writes waits for long', async ({
  lab,
}) => {
  const tenantId = await lab.tenant()
  await lab.notify(tenantId, 200)
  await lab.owner.query('BEGIN')
  await lab.owner.query('SELECT FROM events LIMIT 1')

  const { dropped } = await applyRetention(lab.db)

  expect(dropped.some((name) => name.startsWith('events'))).toBe(false)
  await lab.owner.query('COMMIT')
  expect((await applyRetention(lab.db)).dropped.some((name) => name.startsWith('events'))).toBe(true)
})

test('only a partition of these tables can be dropped like that', async ({ lab }) => {
  for (const [parent, child] of [
    ['tenants', 'tenants'],
    ['events', 'events_default'],
    ['events', 'tenants'],
    ['events', 'events_week_20000101'],
  ]) {
    await expect(lab.db.$executeRaw`SELECT drop_partition(${parent}, ${child})`).rejects.toThrow('no partition')
  }
})

test('what is outside of all partitions goes too, and a question that waits for its answer stays', async ({ lab }) => {
  const tenantId = await lab.tenant({ contentDays: 5 })
  const [stray, asked] = [await lab.notify(tenantId, 500), await lab.notify(tenantId, 6)]
  await lab.db.question.create({
    data: { tenantId, id: asked, expiresAt: new Date(Date.now() + 10 * dayMs) },
  })

  await applyRetention(lab.db)

  expect(await lab.count('notification_contents', tenantId)).toBe(1)
  expect(await lab.db.notification.findMany({ where: { tenantId }, select: { id: true } })).toEqual([{ id: asked }])
  expect(stray < asked).toBe(true)
})

test('a file goes that nothing has named for as long as its tenant keeps it', async ({ lab: { db, ...lab } }) => {
  const [tenantId, other] = [await lab.tenant({ fileDays: 10 }), await lab.tenant()]
  const store = async (owner: string, daysAgo: number): Promise<{ id: string; key: string }> => {
    const [id, contentHash] = [newId(), Buffer.from(newId())]
    const lastUsedAt = new Date(Date.now() - daysAgo * dayMs)
    await db.file.create({
      data: { tenantId: owner, id, contentHash, size: 1n, mimeType: 'image/png', name: 'a', lastUsedAt },
    })
    // As the database's own clock has it.
    await lab.owner.query("UPDATE files SET last_used_at = last_used_at + interval '7 microseconds' WHERE id = $1", [
      id,
    ])
    return { id, key: fileKey(owner, contentHash) }
  }
  const attach = async (notificationId: string, file: string) =>
    lab.owner.query('UPDATE notification_contents SET options = $2 WHERE notification_id = $1', [
      notificationId,
      { attachments: [{ type: 'photo', file }] },
    ])
  const [unused, recent, awaited, later, sent] = await Promise.all([
    store(tenantId, 11),
    store(tenantId, 9),
    store(tenantId, 11),
    store(tenantId, 11),
    store(tenantId, 11),
  ])
  const [keptLonger, oldest] = [await store(other, 80), await store(other, 91)]
  await attach(await lab.notify(tenantId, 1), sent.id)
  const [inLane, scheduled] = [await lab.notify(tenantId, 1), await lab.notify(tenantId, 1)]
  await attach(inLane, awaited.id)
  await attach(scheduled, later.id)
  const botId = newId()
  await addTenantWithBot(lab.owner, { tenantId: newId(), botId })
  await db.botAccess.create({ data: { tenantId, botId } })
  await lab.owner.query(
    `INSERT INTO pending_deliveries (id, bot_id, tenant_id, notification_id, priority, chat_id, kind)
     VALUES ($1, $2, $3, $1, 1, 1, 'notification')`,
    [inLane, botId, tenantId],
  )
  await lab.owner.query(
    `INSERT INTO waiting_deliveries (tenant_id, id, notification_id, user_id, priority)
     VALUES ($1, $2, $2, 'u', 1)`,
    [tenantId, scheduled],
  )

  const removed: string[] = []
  const count = await removeUnusedFiles(db, { removeContent: async (key) => void removed.push(key) })

  expect(removed.toSorted()).toEqual([unused.key, sent.key, oldest.key].toSorted())
  expect(count).toBe(3)
  const left = await db.file.findMany({ select: { id: true } })
  expect(left.map(({ id }) => id).toSorted()).toEqual([recent.id, awaited.id, later.id, keptLonger.id].toSorted())
})

test('what is said goes with what says that it was said, and what people said goes like it', async ({ lab }) => {
  const short = await lab.tenant({ contentDays: 90, metadataDays: 30 })
  const usual = await lab.tenant()
  for (const tenantId of [short, usual]) {
    await lab.notify(tenantId, 40)
    for (const [type, daysAgo] of [
      ['message.received', 40],
      ['message.received', 20],
      ['notification.sent', 40],
    ] as const) {
      const id = idFloor(Date.now() - daysAgo * dayMs).slice(0, 13) + newId().slice(13)
      await lab.owner.query(`INSERT INTO events (tenant_id, id, type, data) VALUES ($1, $2, $3, '{}')`, [
        tenantId,
        id,
        type,
      ])
    }
  }

  await applyRetention(lab.db)

  expect(await lab.count('notifications', short)).toBe(0)
  expect(await lab.count('notification_contents', short)).toBe(0)
  expect(await lab.count('events', short)).toBe(1)
  // Of the one of forty days ago there are still the notification and two events that say so.
  expect(await lab.count('notifications', usual)).toBe(1)
  expect(await lab.count('notification_contents', usual)).toBe(0)
  expect(await lab.count('events', usual)).toBe(3)
})

test('partitions are dropped under load, and no request waits for longer than 100 ms because of it', async ({
  lab,
}) => {
  const tenantId = await lab.tenant()
  await lab.notify(tenantId, 200)
  const writers = Array.from({ length: 4 }, () => new pg.Client({ connectionString: lab.url }))
  await Promise.all(writers.map(async (writer) => writer.connect()))
  const load = { isOver: false, longestMs: 0, count: 0 }
  const write = async (writer: pg.Client): Promise<void> => {
    while (!load.isOver) {
      const beganAt = performance.now()
      await writer.query(`INSERT INTO events (tenant_id, type, data) VALUES ($1, 'notification.sent', '{}')`, [
        tenantId,
      ])
      await writer.query(`SELECT count(*) FROM events WHERE tenant_id = $1 AND id > $2`, [
        tenantId,
        idFloor(Date.now() - dayMs),
      ])
      load.longestMs = Math.max(load.longestMs, performance.now() - beganAt)
      load.count++
    }
  }
  const writing = writers.map(write)
  const dropped: string[] = []
  // What somebody reads just then is left for the next time.
  await eventually(async () => {
    dropped.push(...(await applyRetention(lab.db)).dropped)
    return dropped.length >= 4 * 37
  })
  load.isOver = true
  await Promise.all(writing)
  await Promise.all(writers.map(async (writer) => writer.end()))

  expect(load.count).toBeGreaterThan(50)
  expect(await lab.count('notifications', tenantId)).toBe(0)
  // The lock is waited for 100 ms at most; the rest is what a busy machine takes for two statements.
  expect(load.longestMs).toBeLessThan(5_000)
})
