import { changeBroadcast, type Claim, claimDeliveries, newId, nilUuid, pauseDeliveries } from '@tellwire/db'
import { expect, test } from 'vitest'
import { claimOne, close, type Lane, makeLane } from './claim-lab.js'
import { blocksOf, claimFrom } from './engine-lab.js'

const none = undefined
const noFloors = [0n, 0n, 0n]

const seqsOf = async ({ owner }: Lane): Promise<bigint[]> => {
  const { rows } = await owner.query<{ seq: string }>('SELECT seq FROM pending_deliveries ORDER BY seq')
  return rows.map(({ seq }) => BigInt(seq))
}

const look = (lane: Lane, request: Parameters<typeof claimFrom>[1] = {}): Promise<Claim> =>
  claimOne(lane.engine, claimFrom(lane, { lookahead: 1_000, tellsSeqs: true, ...request }))

test('what was sent costs a claim nothing that knows below which number nothing waits', async () => {
  const lane = await makeLane(100, 1)
  const { engine, owner, botId } = lane
  await owner.query('VACUUM ANALYZE pending_deliveries')
  const reader = await engine.connect()
  await reader.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
  await reader.query('SELECT count(*) FROM pending_deliveries')
  await owner.query(`
    INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind, body)
    SELECT uuid_v7(), '${botId}', 1, c, 'reply', '{}' FROM generate_series(1, 200) m, generate_series(1, 100) c
    ORDER BY m, c`)
  await owner.query('DELETE FROM pending_deliveries')
  await owner.query(`
    INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind, body)
    SELECT uuid_v7(), '${botId}', 1, c, 'reply', '{}' FROM generate_series(1, 100) c`)
  const [floor = 0n] = await seqsOf(lane)
  // As it is known to the planner, what waits is next to nothing, and the indexes are large.
  await owner.query('ANALYZE pending_deliveries')
  const read = (seqFloors: bigint[]) =>
    blocksOf(engine, (on) => claimDeliveries(on, [claimFrom(lane, { lookahead: 1_000, seqFloors })]))

  const [whole, above] = [await read(noFloors), await read([floor, floor, floor])]
  await reader.query('ROLLBACK')
  reader.release()

  expect(whole).toBeGreaterThan(20_000)
  expect(above).toBeLessThan(whole / 10)
  await close(lane)
})

test('tells the lowest number that waits or rests, and what it could not see', async () => {
  const lane = await makeLane(20, 2)
  const { owner, botId } = lane
  const [first, second, third] = (await seqsOf(lane)) as [bigint, bigint, bigint]
  const last = (await seqsOf(lane)).at(-1)

  const all = await look(lane)
  expect(all.seqs).toMatchObject({ lowest: [none, first, none] })
  expect(all.seqs?.xmax).toBeGreaterThanOrEqual(all.seqs?.xmin ?? Infinity)
  expect(await look(lane, { tellsSeqs: false })).toMatchObject({ seqs: undefined })

  // What is in flight counts, and so does what rests.
  await owner.query('DELETE FROM pending_deliveries WHERE seq = $1', [first])
  await owner.query("UPDATE pending_deliveries SET rests_until = now() + interval '1 hour' WHERE seq = $1", [second])
  expect((await look(lane)).seqs?.lowest).toEqual([second, second, second])
  await owner.query('DELETE FROM pending_deliveries WHERE seq = $1', [second])
  await owner.query('UPDATE pending_deliveries SET rests_until = NULL')
  expect((await look(lane)).seqs?.lowest).toEqual([none, third, none])
  expect((await look(lane, { seqFloors: [0n, last as bigint, 0n] })).seqs?.lowest).toEqual([none, last, none])

  // Where a look ends early, or begins late, or leaves something out, there may be more.
  expect((await look(lane, { lookahead: 0, countsMax: [1, 1, 0] })).seqs?.lowest).toEqual([none, null, null])
  expect((await look(lane, { afterTenants: [nilUuid, newId(), nilUuid] })).seqs?.lowest).toEqual([none, null, none])
  const tenantId = newId()
  await owner.query("INSERT INTO tenants (id, name, suspended_at) VALUES ($1, 'a', now())", [tenantId])
  await owner.query(
    "INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind) VALUES (uuid_v7(), $1, $2, 2, 1, 'reply')",
    [botId, tenantId],
  )
  expect((await look(lane)).seqs?.lowest).toEqual([null, null, null])
  await close(lane)
})

test('what many rest in is seen as a whole', async () => {
  const lane = await makeLane(200, 1)
  await lane.owner.query("UPDATE pending_deliveries SET rests_until = now() + interval '1 hour'")

  expect((await look(lane)).seqs?.lowest).toEqual([null, null, null])
  await close(lane)
})

test('what is resumed takes its place anew, a notification and a broadcast', async () => {
  const lane = await makeLane(1, 3)
  const { engine, owner } = lane
  const [tenantId, notificationId, broadcastId] = [newId(), newId(), newId()]
  const [first, second, third] = (await seqsOf(lane)) as [bigint, bigint, bigint]
  const broadcast = { tenantId, notificationId: broadcastId }
  await owner.query("INSERT INTO tenants (id, name) VALUES ($1, 'a')", [tenantId])
  await owner.query(
    "INSERT INTO notifications (tenant_id, id, target, priority) SELECT $1, unnest($2::uuid[]), '{}', 'normal'",
    [tenantId, [notificationId, broadcastId]],
  )
  await owner.query(
    `INSERT INTO broadcasts (tenant_id, notification_id, audience_at, starts_at, is_expanded, change)
     VALUES ($1, $2, now(), now(), true, 'pause')`,
    [tenantId, broadcastId],
  )
  await owner.query(
    "INSERT INTO deliveries (tenant_id, id, notification_id, user_id) SELECT $1, id, $2, 'u' FROM pending_deliveries WHERE seq = $3",
    [tenantId, notificationId, first],
  )
  await owner.query('UPDATE pending_deliveries SET notification_id = $1, is_counted = true WHERE seq = $2', [
    broadcastId,
    second,
  ])

  await pauseDeliveries(engine, tenantId, notificationId, true)
  await changeBroadcast(engine, { ...broadcast, change: 'pause' }, 10)
  const lowest = (await look(lane)).seqs?.lowest[1]
  await owner.query("UPDATE broadcasts SET change = 'resume'")
  await changeBroadcast(engine, { ...broadcast, change: 'resume' }, 10)
  await pauseDeliveries(engine, tenantId, notificationId, false)

  expect(lowest).toBe(third)
  const seqs = await seqsOf(lane)
  expect(seqs[0]).toBe(third)
  expect(seqs).toHaveLength(3)
  await close(lane)
})
