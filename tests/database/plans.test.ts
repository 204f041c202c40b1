import { randomUUID } from 'node:crypto'
import {
  acceptNotifications,
  changeBroadcast,
  claimDeliveries,
  connectEngine,
  expandBroadcast,
  expireDeliveries,
  findDueLanes,
  newId,
  nilUuid,
  releaseDueDeliveries,
  releaseLane,
  renewLane,
  settleDeliveries,
  storeUpdates,
} from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import type { Pool } from 'pg'
import pg from 'pg'
import { expect, test } from 'vitest'

interface Query {
  name?: string
  text: string
  values: unknown[]
}

/** Runs a statement's function and keeps what it sends. */
async function capture(run: (engine: Pool) => Promise<unknown>): Promise<Query> {
  let captured: Query | undefined
  const recorder = {
    query: async (query: Query) => {
      captured = query
      return { rows: [], rowCount: 0 }
    },
  }
  // Only `query` of a pool is used by the statements.
  await run(recorder as unknown as Pool)
  if (!captured) throw new Error('nothing was sent')
  return captured
}

const botId = randomUUID()
const hotStatements = {
  accept: (engine: Pool) =>
    acceptNotifications(engine, [
      {
        isAtomic: false,
        idempotency: { key: 'k', requestHash: Buffer.from('h') },
        notifications: [
          {
            id: newId(),
            tenantId: randomUUID(),
            target: {},
            audience: { kind: 'users', userIds: ['u'] },
            priority: 'normal',
            format: 'plain',
            text: 'x',
            message: undefined,
            metadata: undefined,
            requestId: 'r',
            traceparent: undefined,
            sendAt: undefined,
            expiresAt: undefined,
            onUnknown: 'resend',
            isHeldUntilConnected: false,
            dedupe: { key: 'd', until: new Date() },
            answer: {},
          },
        ],
      },
    ]),
  claim: (engine: Pool) =>
    claimDeliveries(engine, {
      botId,
      turnId: randomUUID(),
      countsMax: [30, 30, 30],
      virtualTimes: [0, 0, 0],
      positions: [{ priority: 0, tenantId: nilUuid, chatId: '1', tag: 1, sentTag: 1 }],
      busyChats: ['1'],
      afterTenants: [nilUuid, nilUuid, nilUuid],
      lookahead: 8,
    }),
  settle: (engine: Pool) =>
    settleDeliveries(engine, [
      {
        id: randomUUID(),
        turnId: randomUUID(),
        result: 'sent',
        messageIds: [1],
        failure: undefined,
        dropped: undefined,
        messageCount: 1,
        retryInMs: undefined,
        pauseChatMs: undefined,
        answeredAgoMs: 1,
        isGroup: true,
      },
    ]),
  expandTopic: (engine: Pool) =>
    expandBroadcast(engine, { tenantId: randomUUID(), notificationId: randomUUID(), isToTopic: true }, 1_000),
  expandEveryone: (engine: Pool) =>
    expandBroadcast(engine, { tenantId: randomUUID(), notificationId: randomUUID(), isToTopic: false }, 1_000),
  cancelBroadcast: (engine: Pool) =>
    changeBroadcast(engine, { tenantId: randomUUID(), notificationId: randomUUID(), change: 'cancel' }, 1_000),
  expire: (engine: Pool) => expireDeliveries(engine, 1_000),
  releaseDue: (engine: Pool) => releaseDueDeliveries(engine, 1_000),
  renew: (engine: Pool) => renewLane(engine, botId, randomUUID()),
  release: (engine: Pool) =>
    releaseLane(engine, botId, randomUUID(), {
      nextDueInMs: undefined,
      permitsFreeInMs: 0,
      pauseMs: undefined,
      parkedReason: undefined,
      tokenSealed: Buffer.alloc(0),
      learnedRate: undefined,
    }),
  storeUpdates: (engine: Pool) =>
    storeUpdates(engine, botId, [{ updateId: 1, chatId: 1, kind: 'message', payload: {} }]),
}

async function planOf(engine: Pool, query: Query): Promise<string> {
  const { rows } = await engine.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query.text}`, query.values)
  return rows.map((row) => row['QUERY PLAN']).join('\n')
}

async function fill(ownerUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  await client.query(`
    INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind)
    SELECT gen_random_uuid(), '${botId}', NULL, i % 3, i % 5000, 'reply' FROM generate_series(1, 20000) i`)
  await client.query('ANALYZE')
  await client.end()
}

test.each(Object.entries(hotStatements))(
  '%s scans indexes only, on empty tables and on filled ones',
  async (_name, run) => {
    const database = await createTestDatabase()
    const engine = connectEngine({ url: database.engineUrl, poolMax: 1 })
    const query = await capture(run)

    const empty = await planOf(engine, query)
    await fill(database.ownerUrl)
    const filled = await planOf(engine, query)

    expect(empty).not.toContain('Seq Scan')
    expect(filled).not.toContain('Seq Scan')
    await engine.end()
  },
)

test('a claim reads no more rows from a long lane than from a short one', async () => {
  const database = await createTestDatabase()
  const engine = connectEngine({ url: database.engineUrl, poolMax: 1 })
  await fill(database.ownerUrl)
  const query = await capture(hotStatements.claim)

  const { rows } = await engine.query<{
    'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }]
  }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${query.text}`, query.values)

  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  expect((plan?.['Shared Hit Blocks'] ?? Infinity) + (plan?.['Shared Read Blocks'] ?? 0)).toBeLessThan(2_500)
  await engine.end()
})

test('the sweep finds due lanes by index', async () => {
  const database = await createTestDatabase()
  const engine = connectEngine({ url: database.engineUrl, poolMax: 1 })
  await fill(database.ownerUrl)
  // It reads the lanes, one row a bot, and looks into each lane's index once.
  expect(await findDueLanes(engine)).toEqual([])
  await engine.end()
})
