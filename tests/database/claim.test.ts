import { randomUUID } from 'node:crypto'
import { acquireLane, claimDeliveries, connectEngine, laneStart, newId, settleDeliveries } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

interface Lane {
  engine: pg.Pool
  botId: string
  turnId: string
}

/** A lane that this test holds, with so many messages of our own waiting in so many chats. */
async function makeLane(chats: number, messagesEach: number): Promise<Lane> {
  const database = await createTestDatabase()
  const botId = newId()
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(
    `INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode) VALUES ('${botId}', 1, 'a', 'a', '', 'polling')`,
  )
  await client.query(`INSERT INTO lanes (bot_id) VALUES ('${botId}')`)
  await client.query(
    `INSERT INTO chats (bot_id, chat_id, type) SELECT '${botId}', c, 'private' FROM generate_series(1, ${chats}) c`,
  )
  await client.query(`
    INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind, reply)
    SELECT uuid_v7(), '${botId}', 1, c, 'reply', '{}' FROM generate_series(1, ${messagesEach}) m, generate_series(1, ${chats}) c`)
  await client.end()
  const engine = connectEngine({ url: database.engineUrl, poolMax: 1 })
  const turnId = randomUUID()
  await acquireLane(engine, botId, turnId)
  return { engine, botId, turnId }
}

const sent = (id: string) => ({
  id,
  result: 'sent' as const,
  messageIds: [1],
  failure: undefined,
  retryInMs: undefined,
  pauseChatMs: undefined,
  answeredAgoMs: undefined,
})

test.each([1, 7, 30])('serves every chat once before any a second time, %i at a time', async (countMax) => {
  const { engine, botId, turnId } = await makeLane(100, 3)
  const served = new Map<string, number>()
  let cursors = [laneStart, laneStart, laneStart]
  const busy: string[] = []

  while ([...served.values()].reduce((sum, count) => sum + count, 0) < 200) {
    const claim = await claimDeliveries(engine, { botId, turnId, countMax, busyChats: busy.slice(-30), cursors })
    cursors = claim.cursors
    for (const { chatId } of claim.deliveries) served.set(chatId, (served.get(chatId) ?? 0) + 1)
    busy.push(...claim.deliveries.map(({ chatId }) => chatId))
    await settleDeliveries(
      engine,
      turnId,
      claim.deliveries.map(({ id }) => sent(id)),
    )
  }

  const counts = [...served.values()]
  expect(served.size).toBe(100)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  await engine.end()
})

test('takes one head a chat, the oldest, and none that is claimed already', async () => {
  const { engine, botId, turnId } = await makeLane(3, 2)
  const claim = () =>
    claimDeliveries(engine, { botId, turnId, countMax: 30, busyChats: [], cursors: [laneStart, laneStart, laneStart] })

  const first = await claim()
  const second = await claim()

  expect(first.deliveries.map(({ chatId }) => chatId)).toEqual(['1', '2', '3'])
  expect(second.deliveries).toEqual([])
  expect(second.waitingChats).toEqual(['1', '2', '3'])
  await engine.end()
})

test('gives a turn that lost its lane nothing, and lets it settle nothing', async () => {
  const { engine, botId, turnId } = await makeLane(2, 1)
  const stale = await claimDeliveries(engine, {
    botId,
    turnId,
    countMax: 1,
    busyChats: [],
    cursors: [laneStart, laneStart, laneStart],
  })
  await engine.query("UPDATE lanes SET lease_until = now() - interval '1 second'")
  const newTurnId = randomUUID()
  const grant = await acquireLane(engine, botId, newTurnId)
  const taken = await claimDeliveries(engine, {
    botId,
    turnId: newTurnId,
    countMax: 30,
    busyChats: [],
    cursors: [laneStart, laneStart, laneStart],
  })

  const late = await claimDeliveries(engine, {
    botId,
    turnId,
    countMax: 30,
    busyChats: [],
    cursors: [laneStart, laneStart, laneStart],
  })
  const settled = await settleDeliveries(
    engine,
    turnId,
    stale.deliveries.map(({ id }) => sent(id)),
  )

  expect(grant).toMatchObject({ wasAbandoned: true, epoch: 2n })
  expect(taken.deliveries.map(({ wasInFlight }) => wasInFlight)).toEqual([true, false])
  expect(late.deliveries).toEqual([])
  expect(settled).toEqual(new Set())
  await engine.end()
})

test('lets one of two turns have the lane', async () => {
  const { engine, botId } = await makeLane(1, 1)

  expect(await acquireLane(engine, botId, randomUUID())).toBeUndefined()
  await engine.end()
})
