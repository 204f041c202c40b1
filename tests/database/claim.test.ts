import { randomUUID } from 'node:crypto'
import {
  acquireLanes,
  type ClaimRequest,
  claimDeliveries,
  endRests,
  newId,
  nilUuid,
  settleDeliveries,
} from '@tellwire/db'
import { expect, test } from 'vitest'
import { claimOne, close, makeLane, sent } from './claim-lab.js'
import { claimFrom } from './engine-lab.js'

test.each([1, 7, 30])('serves every chat once before any a second time, %i at a time', async (countMax) => {
  const lane = await makeLane(100, 3)
  const { engine, turnId } = lane
  const served = new Map<string, number>()
  let positions: ClaimRequest['positions'] = new Map()
  const busy: string[] = []

  while ([...served.values()].reduce((sum, count) => sum + count, 0) < 200) {
    const claim = await claimOne(
      engine,
      claimFrom(lane, { countsMax: [0, countMax, 0], busyChats: busy.slice(-30), positions, lookahead: 40 }),
    )
    const last = claim.deliveries.at(-1)
    if (last) positions = new Map([[nilUuid, { chatIds: [undefined, last.chatId], finishTime: 0 }]])
    for (const { chatId } of claim.deliveries) served.set(chatId, (served.get(chatId) ?? 0) + 1)
    busy.push(...claim.deliveries.map(({ chatId }) => chatId))
    await settleDeliveries(
      engine,
      claim.deliveries.map(({ id }) => sent(turnId, id)),
    )
  }

  const counts = [...served.values()]
  expect(served.size).toBe(100)
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  await close(lane)
})

test('takes one head a chat, the oldest, and none that is claimed already', async () => {
  const lane = await makeLane(3, 2)
  const { engine } = lane

  const first = await claimOne(engine, claimFrom(lane))
  const second = await claimOne(engine, claimFrom(lane))

  expect(first.deliveries.map(({ chatId }) => chatId)).toEqual(['1', '2', '3'])
  expect(second.deliveries).toEqual([])
  expect(second.waitingChats.toSorted()).toEqual(['1', '2', '3'])
  expect(second.isComplete).toBe(true)
  await close(lane)
})

test('a chat that was written to in the future, by a clock that was set back, is served', async () => {
  const lane = await makeLane(1, 1)
  const { engine, owner } = lane
  await owner.query("UPDATE chats SET last_sent_at = ARRAY[clock_timestamp() + interval '1 hour']")

  const { deliveries } = await claimOne(engine, claimFrom(lane))

  expect(deliveries).toMatchObject([{ lastSendAgesMs: [] }])
  await close(lane)
})

test('tells that it did not see the whole lane, and sees it with a longer look', async () => {
  const lane = await makeLane(200, 1)
  const { engine } = lane
  const busyChats = Array.from({ length: 200 }, (_, index) => String(index + 1))

  const short = await claimOne(engine, claimFrom(lane, { busyChats }))
  const long = await claimOne(engine, claimFrom(lane, { busyChats, lookahead: 1_000 }))

  expect([short.isComplete, long.isComplete]).toEqual([false, true])
  expect(long.waitingChats).toHaveLength(200)
  await close(lane)
})

test('heads that wait for long hide nothing, and are not looked at again until they are due', async () => {
  const lane = await makeLane(1_000, 2)
  const { engine, owner } = lane
  await owner.query("UPDATE pending_deliveries SET not_before = now() + interval '1 minute' WHERE chat_id < 1000")
  const chatIds: string[] = []
  let isComplete = false

  // As short a look as a turn begins with.
  for (let looks = 0; looks < 100; looks++) {
    const claim = await claimOne(engine, claimFrom(lane))
    chatIds.push(...claim.deliveries.map(({ chatId }) => chatId))
    isComplete = claim.isComplete
  }
  const early = await endRests(engine, 10_000)
  await owner.query(
    "UPDATE pending_deliveries SET rests_until = now() - interval '1 second' WHERE rests_until IS NOT NULL",
  )
  const late = await endRests(engine, 10_000)

  expect({ chatIds, isComplete }).toEqual({ chatIds: ['1000'], isComplete: true })
  expect(early).toEqual({ ended: 0, botIds: [] })
  expect(late).toEqual({ ended: 1_998, botIds: [lane.botId] })
  await close(lane)
})

test('what waits behind a head that rests does not overtake it', async () => {
  const lane = await makeLane(1, 2)
  const { engine, owner } = lane
  const { rows } = await owner.query<{ id: string }>('SELECT id FROM pending_deliveries ORDER BY seq')
  const [first, second] = rows.map(({ id }) => id)
  await owner.query("UPDATE pending_deliveries SET not_before = now() + interval '1 minute' WHERE id = $1", [first])
  const take = async () => (await claimOne(engine, claimFrom(lane))).deliveries.map(({ id }) => id)

  const whileFirstRests = [await take(), await take(), await take()]
  const { rows: resting } = await owner.query('SELECT FROM pending_deliveries WHERE rests_until IS NOT NULL')
  // The second is let go before the first, by somebody who had the first's row.
  await owner.query('UPDATE pending_deliveries SET rests_until = NULL, not_before = NULL WHERE id = $1', [second])
  const whileSecondIsOffered = await take()
  await owner.query('UPDATE pending_deliveries SET rests_until = NULL, not_before = NULL')
  const afterwards = await take()

  expect(whileFirstRests).toEqual([[], [], []])
  expect(resting).toHaveLength(2)
  expect(whileSecondIsOffered).toEqual([])
  expect(afterwards).toEqual([first])
  await close(lane)
})

test('gives a turn that lost its lane nothing, and lets it settle nothing', async () => {
  const lane = await makeLane(2, 1)
  const { engine, botId, turnId } = lane
  const stale = await claimOne(engine, claimFrom(lane, { countsMax: [0, 1, 0] }))
  await engine.query("UPDATE lanes SET lease_until = now() - interval '1 second'")
  const newTurnId = randomUUID()
  const grant = (await acquireLanes(engine, [{ botId, turnId: newTurnId }])).get(newTurnId)
  const taken = await claimOne(engine, claimFrom({ botId, turnId: newTurnId }))

  const late = await claimOne(engine, claimFrom(lane))
  const settled = await settleDeliveries(
    engine,
    stale.deliveries.map(({ id }) => sent(turnId, id)),
  )

  expect(grant).toMatchObject({ wasAbandoned: true, epoch: 2n })
  expect(taken.deliveries.map(({ wasInFlight }) => wasInFlight)).toEqual([true, false])
  expect(late.deliveries).toEqual([])
  expect(settled).toEqual(new Map())
  await close(lane)
})

test('lets one of two turns have the lane', async () => {
  const lane = await makeLane(1, 1)
  const { engine, botId } = lane

  expect((await acquireLanes(engine, [{ botId, turnId: randomUUID() }])).size).toBe(0)
  await close(lane)
})

test('lets tenants take turns in a chat that several of them write to', async () => {
  const lane = await makeLane(1, 0)
  const { engine, botId } = lane
  const tenants = [newId(), newId(), newId()]
  for (const tenantId of tenants) {
    await lane.owner.query("INSERT INTO tenants (id, name) VALUES ($1, 'a')", [tenantId])
    await lane.owner.query(
      `INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, body)
       SELECT uuid_v7(), $1, $2, $3, 1, 'reply', '{}' FROM generate_series(1, 4)`,
      // The first of them says that all of its messages are urgent.
      [botId, tenantId, tenantId === tenants[0] ? 0 : 1],
    )
  }
  const served = new Map<string, Map<string, number>>([['1', new Map()]])
  const order: string[] = []
  for (let turn = 1; turn <= 9; turn++) {
    const { deliveries } = await claimOne(engine, claimFrom(lane, { served }))
    const [delivery] = deliveries
    const tenantId = delivery?.tenantId ?? ''
    order.push(tenantId)
    served.get('1')?.set(tenantId, turn)
    await settleDeliveries(
      engine,
      deliveries.map(({ id }) => sent(lane.turnId, id)),
    )
    expect(deliveries).toMatchObject([{ isShared: true }])
  }

  expect(order.slice(0, 3).toSorted()).toEqual(tenants.toSorted())
  expect(order).toEqual([...order.slice(0, 3), ...order.slice(0, 3), ...order.slice(0, 3)])
  expect(order[0]).toBe(tenants[0])
  await close(lane)
})

test('leaves what another turn has in flight alone until its grace is over', async () => {
  const lane = await makeLane(2, 1)
  const { engine, botId } = lane
  const [first] = (await claimOne(engine, claimFrom(lane, { countsMax: [0, 1, 0] }))).deliveries
  await lane.owner.query('UPDATE lanes SET holder = NULL')
  const turnId = randomUUID()
  await acquireLanes(engine, [{ botId, turnId }])

  const early = await claimOne(engine, claimFrom({ botId, turnId }, { takesInFlight: false }))
  const late = await settleDeliveries(engine, [sent(lane.turnId, first?.id ?? '')])

  expect(early.deliveries.map(({ chatId }) => chatId)).toEqual(['2'])
  // The first turn knew what became of it, and nobody had gone on from there.
  expect(late).toEqual(new Map([[first?.id, 'sent']]))
  await close(lane)
})

test('claims from many lanes in one statement, from each what is its own', async () => {
  const lane = await makeLane(3, 1)
  const { engine, owner } = lane
  const other = newId()
  await owner.query(
    "INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode) VALUES ($1, 2, 'b', 'b', '', 'polling')",
    [other],
  )
  await owner.query('INSERT INTO lanes (bot_id) VALUES ($1)', [other])
  await owner.query("INSERT INTO chats (bot_id, chat_id, type) VALUES ($1, 1, 'private')", [other])
  await owner.query(
    "INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind, body) VALUES (uuid_v7(), $1, 0, 1, 'reply', '{}')",
    [other],
  )
  const turnId = randomUUID()
  await acquireLanes(engine, [{ botId: other, turnId }])

  const claims = await claimDeliveries(engine, [
    claimFrom(lane, { busyChats: ['2'] }),
    claimFrom({ botId: other, turnId }),
    claimFrom({ botId: newId(), turnId: randomUUID() }),
  ])

  expect(claims.map(({ deliveries }) => deliveries.map(({ chatId }) => chatId))).toEqual([['1', '3'], ['1'], []])
  expect(claims.map(({ waitingChats }) => waitingChats)).toEqual([['2'], [], []])
  expect(claims.map(({ isComplete }) => isComplete)).toEqual([true, true, false])
  await close(lane)
})
