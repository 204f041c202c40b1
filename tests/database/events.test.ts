import { setTimeout as delay } from 'node:timers/promises'
import {
  comparePositions,
  connectDatabase,
  connectEngine,
  type Database,
  type EventPosition,
  firstPosition,
  mendEventOrder,
  newId,
  type Pool,
  readEventEpoch,
  readEventGate,
  readEvents,
  readNewEvents,
  type StoredEvent,
} from '@tellwire/db'
import { createTestDatabase, eventually } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'

interface Lab {
  db: Database
  engine: Pool
  owner: pg.Client
  url: string
  newTenant: () => Promise<string>
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    const { ownerUrl, engineUrl: url } = await createTestDatabase()
    const owner = new pg.Client({ connectionString: ownerUrl })
    await owner.connect()
    const db = connectDatabase({ url, poolMax: 4 })
    const engine = connectEngine({ url })
    const newTenant = async () => (await db.tenant.create({ data: { id: newId(), name: 'Acme' } })).id
    await use({ db, engine, owner, url, newTenant })
    await db.$disconnect()
    await engine.end()
    await owner.end()
  },
})

const write = (client: pg.Client, tenantId: string, text: string) =>
  client.query(
    "INSERT INTO events (tenant_id, type, data) VALUES ($1, 'link.used', jsonb_build_object('text', $2::text))",
    [tenantId, text],
  )
const textOf = ({ data }: StoredEvent): string => data['text'] as string

/** Reads all that can be read after a position, in pages. */
async function readOn(lab: Lab, tenantId: string, after: EventPosition, limit = 7) {
  const events: StoredEvent[] = []
  let position = after
  for (;;) {
    const page = await readEvents(lab.engine, { tenantId, after: position, limit })
    events.push(...page.events)
    position = page.position
    if (page.isComplete) return { events, position }
  }
}

/** Waits for the transactions that other tests have open on this server: events of later ones are held back by them. */
async function passGate({ owner }: Lab): Promise<void> {
  const { rows } = await owner.query<{ xid: string }>('SELECT pg_current_xact_id() AS xid')
  await eventually(async () => {
    const gate = await owner.query('SELECT pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 AS passed', [
      rows[0]?.xid,
    ])
    return (gate.rows[0] as { passed: boolean }).passed
  })
}

test('of 16 writers that commit in any order, and roll back, readers miss nothing and see one order', async ({
  lab,
}) => {
  const [tenantId, other] = [await lab.newTenant(), await lab.newTenant()]
  const committed: string[] = []
  // Whoever else has a transaction open on this server holds back all readers.
  let expected = Infinity
  const deadline = performance.now() + 60_000
  const isOver = (seen: readonly StoredEvent[]) => seen.length >= expected || performance.now() > deadline
  const writer = async (name: number): Promise<void> => {
    const client = new pg.Client({ connectionString: lab.url })
    await client.connect()
    for (let round = 0; round < 25; round++) {
      await client.query('BEGIN')
      const texts = Array.from({ length: 1 + Math.floor(Math.random() * 3) }, (_, part) => `${name} ${round} ${part}`)
      for (const text of texts) {
        await write(client, Math.random() < 0.2 ? other : tenantId, text)
        await delay(Math.random() * 8)
      }
      if (Math.random() < 0.2) {
        await client.query('ROLLBACK')
      } else {
        await client.query('COMMIT')
        committed.push(...texts)
      }
    }
    await client.end()
  }
  const reader = async (pauseMs: number) => {
    const seen: StoredEvent[] = []
    let position = firstPosition
    while (!isOver(seen)) {
      const read = await readOn(lab, tenantId, position)
      seen.push(...read.events)
      position = read.position
      await delay(Math.random() * pauseMs)
    }
    return seen
  }
  const follower = async (from: EventPosition) => {
    const seen: StoredEvent[] = []
    let position = from
    while (!isOver(seen)) {
      const page = await readNewEvents(lab.engine, { after: position, tenantIds: [tenantId], countMax: 9 })
      seen.push(...page.events)
      position = page.position
      if (page.isComplete) await delay(3)
    }
    return seen
  }

  // Whoever follows begins where it is now: that is to be before the first of them writes.
  const { position: beginning } = await readEventGate(lab.engine)
  const readers = [reader(1), reader(20), reader(60), follower(beginning)]
  await Promise.all(Array.from({ length: 16 }, (_, name) => writer(name)))
  const stored = await lab.db.event.findMany({ where: { tenantId } })
  const all = stored.map(({ data }) => (data as { text: string }).text)
  expected = all.length
  const seen = await Promise.all(readers)

  expect(all.length).toBeGreaterThan(200)
  expect(committed).toEqual(expect.arrayContaining(all))
  for (const events of seen) {
    expect(events.map(textOf).toSorted()).toEqual(all.toSorted())
    expect(events.map(textOf)).toEqual(seen[0]?.map(textOf))
    expect(events.toSorted(comparePositions)).toEqual(events)
  }
})

test('an open transaction holds back what began after it, and nothing else', async ({ lab }) => {
  const tenantId = await lab.newTenant()
  const open = new pg.Client({ connectionString: lab.url })
  await open.connect()
  await write(lab.owner, tenantId, 'before')
  await passGate(lab)
  await open.query('BEGIN')
  await write(open, tenantId, 'late')
  await write(lab.owner, tenantId, 'after')

  const first = await readOn(lab, tenantId, firstPosition)
  await open.query('COMMIT')
  await passGate(lab)
  const second = await readOn(lab, tenantId, first.position)

  expect(first.events.map(textOf)).toEqual(['before'])
  expect(second.events.map(textOf)).toEqual(['late', 'after'])
  expect((await readOn(lab, tenantId, second.position)).events).toEqual([])
  await open.end()
})

test('a filter that little fits goes on where it has looked', async ({ lab }) => {
  const tenantId = await lab.newTenant()
  await lab.owner.query(
    `INSERT INTO events (tenant_id, type, data)
     SELECT $1, CASE WHEN n % 3000 = 0 THEN 'user.blocked' ELSE 'notification.sent' END, '{}' FROM generate_series(1, 12000) n`,
    [tenantId],
  )
  await passGate(lab)
  const types = ['user.%']
  const pages = []
  let position = firstPosition
  for (;;) {
    const page = await readEvents(lab.engine, { tenantId, after: position, types, limit: 100 })
    pages.push(page.events.length)
    position = page.position
    if (page.isComplete) break
  }

  expect(pages.reduce((sum, count) => sum + count, 0)).toBe(4)
  expect(pages.length).toBeGreaterThan(1)
})

test('a cursor that stood still for weeks touches the weeks since then alone', async ({ lab }) => {
  const tenantId = await lab.newTenant()
  const { position } = await readOn(lab, tenantId, firstPosition)
  await write(lab.owner, tenantId, 'one')

  // A transaction of any database of the server holds events back while it is open.
  const page = await eventually(
    () => readEvents(lab.engine, { tenantId, after: position, limit: 10 }),
    ({ events }) => events.length > 0,
  )

  expect(page.events.map(textOf)).toEqual(['one'])
  expect(page.position.xid >= position.xid).toBe(true)
})

test('a dump that was restored where transactions are numbered anew is noticed, and nothing of it is lost', async ({
  lab,
}) => {
  const tenantId = await lab.newTenant()
  await write(lab.owner, tenantId, 'before')
  const epoch = await readEventEpoch(lab.db)
  expect(await mendEventOrder(lab.db)).toBe(false)
  // As the dump of a database that had come further has it.
  await lab.owner.query("UPDATE events SET xid = '4000000000'")
  expect((await readOn(lab, tenantId, firstPosition)).events).toEqual([])

  expect(await mendEventOrder(lab.db)).toBe(true)

  await write(lab.owner, tenantId, 'after')
  expect(await readEventEpoch(lab.db)).not.toBe(epoch)
  await passGate(lab)
  expect((await readOn(lab, tenantId, firstPosition)).events.map(textOf)).toEqual(['before', 'after'])
  expect(await mendEventOrder(lab.db)).toBe(false)
})
