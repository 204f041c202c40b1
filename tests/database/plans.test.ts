import { randomUUID } from 'node:crypto'
import { claimDeliveries, connectEngine, definedStatements, nilUuid, type Pool, type Statement } from '@tellwire/db'
import { createTestDatabase, type TestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test as base } from 'vitest'
import { blocksOf, claimFrom } from './engine-lab.js'

const botId = randomUUID()

const test = base.extend<{ empty: Pool; counted: Pool; few: Pool; filled: Pool; sent: Pool }>({
  empty: [async ({}, use) => useEngine(await createTestDatabase(), use), { scope: 'file' }],
  // A queue that is known to be empty, as it is found most of the time: all its indexes cost the same.
  counted: [async ({}, use) => useFilled(0, use), { scope: 'file' }],
  few: [async ({}, use) => useFilled(20, use), { scope: 'file' }],
  filled: [async ({}, use) => useFilled(20_000, use), { scope: 'file' }],
  // Next to nothing waits, and the indexes are full of what was sent and is not cleared away.
  sent: [async ({}, use) => useFilled(20_000, use, 'sent'), { scope: 'file' }],
})

async function useFilled(rows: number, use: (engine: Pool) => Promise<void>, then?: 'sent'): Promise<void> {
  const database = await createTestDatabase()
  await fill(database.ownerUrl, rows, then)
  await useEngine(database, use)
}

async function useEngine(database: TestDatabase, use: (engine: Pool) => Promise<void>): Promise<void> {
  const engine = connectEngine({ url: database.engineUrl, poolMax: 1 })
  await use(engine)
  await engine.end()
}

async function fill(ownerUrl: string, rows: number, then?: 'sent'): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  await client.query(`
    INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind)
    SELECT gen_random_uuid(), '${botId}', NULL, i % 3, i % 5000, 'reply' FROM generate_series(1, ${rows}) i`)
  await client.query(`
    INSERT INTO deliveries (tenant_id, id, notification_id, user_id, status)
    SELECT gen_random_uuid(), uuid_v7(), gen_random_uuid(), 'u' || i, 'sent' FROM generate_series(1, ${rows}) i`)
  // Of very many tenants, each with a bot of its own and some people, as a large service has them.
  await client.query('SET session_replication_role = replica')
  await client.query(`
    INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id)
    SELECT md5('tenant ' || i / 3)::uuid, uuid_v7(), 'u' || i, md5('bot ' || i / 3)::uuid, i FROM generate_series(1, ${rows}) i`)
  await client.query('SET session_replication_role = origin')
  if (then === 'sent') {
    await client.query('ALTER TABLE pending_deliveries SET (autovacuum_enabled = off)')
    await client.query('DELETE FROM pending_deliveries WHERE chat_id > 10')
  }
  await client.query('ANALYZE')
  await client.end()
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  Filter?: string
  'Parent Relationship'?: string
  Plans?: PlanNode[]
}

/** The plan that serves all values, which is the one that the engine's connections use. */
async function planOf(engine: Pool, { text, setting }: Statement): Promise<PlanNode> {
  const client = await engine.connect()
  try {
    await client.query('BEGIN')
    if (setting !== undefined) await client.query(`SET LOCAL ${setting}`)
    const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: PlanNode }] }>(
      `EXPLAIN (GENERIC_PLAN, FORMAT JSON) ${text}`,
    )
    await client.query('COMMIT')
    const [row] = rows
    if (!row) throw new Error('no plan')
    return row['QUERY PLAN'][0].Plan
  } finally {
    client.release(true)
  }
}

/**
 * The tables that are read from one end to the other, by an index or without, unless a limit ends it. A limit ends no read
 * that passes over rows for a time which is not theirs yet: of those there may be any number.
 */
function wholeReads(node: PlanNode, isLimited = false): string[] {
  const {
    'Node Type': type,
    'Relation Name': table,
    'Index Cond': condition,
    Filter: filter = '',
    Plans: inner = [],
  } = node
  const isWhole = table !== undefined && (type === 'Seq Scan' || (type.startsWith('Index') && condition === undefined))
  const isEndless = !isLimited || /clock_timestamp|now\(\)/.test(filter)
  const own = isWhole && isEndless ? [`${type} of ${table} by ${node['Index Name'] ?? 'nothing'}`] : []
  // What is sorted, hashed or counted is read to its end, whatever limits the answer, and so is what has to fit something else.
  const isEnded = /Sort|Hash|Aggregate|CTE|ModifyTable|Nested Loop|Join/.test(type)
  return [...own, ...inner.flatMap((each) => wholeReads(each, type === 'Limit' || (isLimited && !isEnded)))]
}

test.for(definedStatements().map((statement) => [statement.name, statement] as const))(
  '%s reads by index alone, on empty tables, on small ones and on filled ones',
  async ([, statement], { empty, counted, few, filled, sent }) => {
    for (const engine of [empty, counted, few, filled, sent])
      expect(wholeReads(await planOf(engine, statement))).toEqual([])
  },
)

/** Looks for the connections of a chat that go through all of a bot's, of which there may be very many. */
function looksForChats(node: PlanNode): string[] {
  const { 'Relation Name': table, 'Index Cond': index = '', Filter: filter = '', Plans: inner = [] } = node
  const isLong = table === 'connections' && /\bchat_id\b/.test(filter) && !/\bchat_id\b|\buser_id\b/.test(index)
  return [...(isLong ? [`${node['Index Name']}: ${index}`] : []), ...inner.flatMap(looksForChats)]
}

test.for(definedStatements().map((statement) => [statement.name, statement] as const))(
  '%s finds the connections of a chat by the chat',
  async ([, statement], { empty, few, filled }) => {
    for (const engine of [empty, few, filled]) expect(looksForChats(await planOf(engine, statement))).toEqual([])
  },
)

/** The looks into partitions that do not name ids, so that no partition can be left out. */
function unboundedLooks(node: PlanNode): string[] {
  const { 'Relation Name': table = '', 'Index Cond': index = '', Filter: filter = '', Plans: inner = [] } = node
  const [, parent] = /^(notifications|notification_contents|deliveries|events)_(?:default|week|\d)/.exec(table) ?? []
  const key = parent === 'notification_contents' ? 'notification_id' : 'id'
  const said = `${index} ${filter}`
  const isBounded = [`${key} =`, `${key} >`, `${key} <`].map((bound) => new RegExp(`(?<![\\w.])${bound}`).test(said))
  const [isOne, isFrom, isTo] = isBounded
  const own = parent !== undefined && !isOne && !(isFrom && isTo) ? [`${table}: ${said}`] : []
  return [...own, ...inner.flatMap(unboundedLooks)]
}

test.for(definedStatements().map((statement) => [statement.name, statement] as const))(
  '%s looks into the partitions that its ids are in',
  async ([, statement], { few }) => {
    expect(unboundedLooks(await planOf(few, statement))).toEqual([])
  },
)

test.for(['shields_from_others', 'has_content'])(
  '%s, which a statement calls, reads by index, in the partitions that its ids are in',
  async (name, { empty, counted, few, filled }) => {
    const { rows } = await few.query<{ source: string }>('SELECT prosrc AS source FROM pg_proc WHERE proname = $1', [
      name,
    ])
    const [, answer = ''] = /RETURN ([^;]+);/.exec(rows[0]?.source ?? '') ?? []
    const text = answer.replaceAll('of_tenant', '$1::uuid').replaceAll('of_notification', '$2::uuid')
    for (const engine of [empty, counted, few, filled]) {
      const plan = await planOf(engine, { name, text: `SELECT ${text}` })
      expect(wholeReads(plan)).toEqual([])
      expect(unboundedLooks(plan)).toEqual([])
    }
  },
)

test('a look that names no ids is told from one that does', async ({ few }) => {
  const look = (condition: string) =>
    planOf(few, { name: 'look', text: `SELECT FROM deliveries WHERE tenant_id = $1::uuid AND ${condition}` })

  expect(unboundedLooks(await look('notification_id = $2::uuid'))).not.toEqual([])
  expect(unboundedLooks(await look('notification_id = $2::uuid AND id >= $2::uuid'))).not.toEqual([])
  expect(unboundedLooks(await look('id = $2::uuid'))).toEqual([])
})

test('a claim reads no more rows from a long lane than from a short one', async ({ filled }) => {
  const blocks = await blocksOf(filled, (engine) =>
    claimDeliveries(engine, [
      claimFrom(
        { botId, turnId: randomUUID() },
        { positions: new Map([[nilUuid, { chatIds: ['1'], finishTime: 1 }]]), busyChats: ['1'], tellsSeqs: true },
      ),
    ]),
  )

  expect(blocks).toBeLessThan(2_500)
})
