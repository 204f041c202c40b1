import { acceptNotifications, connectDatabase, connectEngine, inTransaction, newId } from '@tellwire/db'
import { runNow } from '@tellwire/domain'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { addTenantWithBot } from '../../test/tenant-with-bot.js'
import { restoreBlocked } from './restore-blocked.js'
import type { UpdateScope } from './scope.js'

test('what an unblock lets go is woken at once, after the commit', async () => {
  const { engineUrl } = await createTestDatabase()
  const db = connectDatabase({ url: engineUrl, poolMax: 2 })
  const engine = connectEngine({ url: engineUrl, poolMax: 1 })
  const { tenantId, botId } = await addTenantWithBot(db)
  const chatId = 42n
  await db.chat.create({ data: { botId, chatId, type: 'private', blockedAt: new Date() } })
  await db.connection.create({ data: { tenantId, id: newId(), userId: 'u', botId, chatId, status: 'blocked' } })
  await acceptNotifications(engine, [
    {
      isAtomic: false,
      idempotency: undefined,
      notifications: [
        {
          id: newId(),
          tenantId,
          target: { user_id: 'u' },
          audience: { kind: 'users', userIds: ['u'] },
          priority: 'normal',
          content: { format: 'plain', text: 'x', options: {} },
          metadata: undefined,
          requestId: 'r',
          traceparent: undefined,
          sendAt: undefined,
          expiresAt: undefined,
          onUnknown: 'resend',
          awaitsUsers: true,
          dedupe: undefined,
          facts: {},
        },
      ],
    },
  ])
  const woken: unknown[] = []
  const scope = {
    db,
    afterCommit: runNow,
    waker: { wake: (_contract: unknown, payload: unknown) => void woken.push(payload) },
  }

  await inTransaction(scope, async (scope) => {
    // Of a scope this uses the database, the effects and the waker alone.
    await restoreBlocked(scope as unknown as UpdateScope, { botId, chatId })
    expect(woken).toEqual([])
  })

  expect(woken).toEqual([{ botId }])
  expect(await db.delivery.findMany({ select: { status: true } })).toEqual([{ status: 'queued' }])
  await Promise.all([db.$disconnect(), engine.end()])
})
