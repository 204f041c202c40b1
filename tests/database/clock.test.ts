import { connectDatabase, newId } from '@tellwire/db'
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
