import {
  acquireLanes,
  connectDatabase,
  connectEngine,
  dropDeadWorkers,
  findDueLanes,
  keepWorker,
  newId,
  takeDuty,
} from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import { afterEach, expect, test, vi } from 'vitest'

afterEach(() => void vi.useRealTimers())

test('moments that are compared in the database come from its clock', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const db = connectDatabase({ url })
  const tenant = await db.tenant.create({ data: { id: newId(), name: 'a' } })
  vi.useFakeTimers({ now: Date.now() + 3_600_000, toFake: ['Date'] })

  const user = await db.user.create({ data: { tenantId: tenant.id, userId: 'u' } })
  const topic = await db.topic.create({ data: { tenantId: tenant.id, id: newId(), name: 't' } })
  const { subscribedAt } = await db.topicSubscriber.create({
    data: { tenantId: tenant.id, topicId: topic.id, userId: 'u' },
  })

  const times = [user.createdAt, topic.createdAt, subscribedAt].map(
    (date) => date.getTime() - tenant.createdAt.getTime(),
  )
  expect(Math.max(...times)).toBeLessThan(60_000)
  vi.useRealTimers()
  await db.$disconnect()
})

test('what was held when the clock was set back is held no longer than a lease', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const [db, engine] = [connectDatabase({ url, poolMax: 1 }), connectEngine({ url, poolMax: 1 })]
  const botId = newId()
  const bot = { telegramId: 1n, username: 'a', displayName: 'a', tokenSealed: new Uint8Array(1), updateMode: 'webhook' }
  await db.bot.create({ data: { id: botId, ...bot } })
  await db.lane.create({ data: { botId } })
  const acquire = async (): Promise<number> => (await acquireLanes(engine, [{ botId, turnId: newId() }])).size
  const take = (holderId: string): Promise<boolean> => takeDuty(engine, { name: 'sweep', holderId, leaseMs: 3_000 })

  expect([await acquire(), await take(newId())]).toEqual([1, true])
  expect([await acquire(), await take(newId())]).toEqual([0, false])
  // As if the clock had been an hour ahead when they were taken, by processes that died since.
  await db.$executeRaw`UPDATE lanes SET lease_until = lease_until + interval '1 hour'`
  await db.$executeRaw`UPDATE duties SET lease_until = lease_until + interval '1 hour'`

  expect([await acquire(), await take(newId())]).toEqual([1, true])

  // Permits that come back in an hour are of no bot.
  await db.$executeRaw`UPDATE lanes SET holder = NULL, permits_free_at = clock_timestamp() + interval '1 hour'`
  const [grant] = (await acquireLanes(engine, [{ botId, turnId: newId() }])).values()
  expect(grant?.permitsFreeInMs).toBeLessThanOrEqual(30_000)

  // Nobody waits for as long as the clock was set back to find that out.
  await db.$executeRaw`
    INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind) VALUES (uuidv7(), ${botId}::uuid, 1, 1, 'reply')`
  await db.$executeRaw`UPDATE lanes SET lease_until = lease_until + interval '1 hour'`
  expect(await findDueLanes(engine)).toEqual([botId])
  await db.$executeRaw`UPDATE lanes SET lease_until = NULL, next_due_at = clock_timestamp() + interval '1 hour'`
  expect(await findDueLanes(engine)).toEqual([botId])
  const workerId = newId()
  await keepWorker(engine, workerId, { pollers: 0, lanes: 0 })
  await db.$executeRaw`UPDATE workers SET lease_until = lease_until + interval '1 hour'`
  await dropDeadWorkers(engine)
  expect(await db.$queryRaw`SELECT id FROM workers`).toEqual([])
  await Promise.all([db.$disconnect(), engine.end()])
})
