import { newId, type Pool } from '@tellwire/db'
import type { Waker } from '@tellwire/jobs'
import { expect, test, vi } from 'vitest'
import { createAccepter, type StoreRequest } from './accepter.js'

const tenantId = newId()

function request(): StoreRequest {
  return {
    bytes: 100,
    isAtomic: false,
    idempotency: undefined,
    notifications: [
      {
        id: newId(),
        tenantId,
        target: { user_id: 'u' },
        audience: { kind: 'users', userIds: ['u'] },
        priority: 'normal',
        content: { format: 'markdown', text: 'hello', options: {} },
        metadata: undefined,
        requestId: 'test',
        traceparent: undefined,
        sendAt: undefined,
        expiresAt: undefined,
        onUnknown: 'resend',
        awaitsUsers: false,
        dedupe: undefined,
        facts: {},
      },
    ],
  }
}

/** Postgres, as far as accepting sees it: each statement goes on until it is ended. */
function createAccepting() {
  const running: (() => void)[] = []
  const engine = {
    query: () => new Promise((resolve) => running.push(() => resolve({ rows: [], fields: [] }))),
  } as unknown as Pool
  const accepter = createAccepter(engine, {} as unknown as Waker)
  return { running, accept: () => void accepter.accept(request()).catch(() => undefined) }
}

test('what arrives while a statement runs shares the next one', async () => {
  const { running, accept } = createAccepting()
  for (let index = 0; index < 5; index++) accept()
  expect(running).toHaveLength(1)

  running[0]?.()
  await vi.waitFor(() => expect(running).toHaveLength(2), 20_000)
  running[1]?.()
})

test('a statement that takes long is not waited for, and others go beside it, some at a time', async () => {
  const { running, accept } = createAccepting()
  accept()
  accept()
  await vi.waitFor(() => expect(running).toHaveLength(2), 20_000)
  for (let index = 0; index < 10; index++) {
    accept()
    // Statements that are not begun cannot be waited for: in this time each of those before has become slow.
    await new Promise((resolve) => setTimeout(resolve, 120))
  }

  expect(running.length).toBeLessThanOrEqual(4)
  for (const end of running) end()
})
