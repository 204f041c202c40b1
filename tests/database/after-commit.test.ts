import { connectDatabase, inTransaction } from '@tellwire/db'
import { runNow, wakeAfterCommit } from '@tellwire/domain'
import { DrainLane } from '@tellwire/jobs'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test as base } from 'vitest'

/** A scope whose wake-ups are written down. */
const test = base.extend<{ scope: ReturnType<typeof makeScope> }>({
  scope: async ({}, use) => {
    const scope = makeScope((await createTestDatabase()).engineUrl)
    await use(scope)
    await scope.db.$disconnect()
  },
})

function makeScope(url: string) {
  const woken: unknown[] = []
  const waker = { wake: (_contract: unknown, payload: unknown) => void woken.push(payload) }
  return { db: connectDatabase({ url, poolMax: 1 }), afterCommit: runNow, waker: waker as never, woken }
}

test('effects run once after the commit, and the last of several with one key', async ({ scope }) => {
  const seen: string[] = []

  await inTransaction(scope, async (scope) => {
    scope.afterCommit('a', () => seen.push('first'))
    scope.afterCommit('a', () => seen.push('second'))
    for (let count = 0; count < 3; count++) wakeAfterCommit(scope, DrainLane, { botId: 'b' })
    wakeAfterCommit(scope, DrainLane, { botId: 'c' })
    await scope.db.$queryRaw`SELECT 1`
    expect([seen, scope.woken]).toEqual([[], []])
  })

  expect(seen).toEqual(['second'])
  expect(scope.woken).toEqual([{ botId: 'b' }, { botId: 'c' }])
})

test('a transaction that is rolled back has no effects', async ({ scope }) => {
  const work = inTransaction(scope, async (scope) => {
    wakeAfterCommit(scope, DrainLane, { botId: 'b' })
    scope.afterCommit('a', () => scope.woken.push('a'))
    await scope.db.$queryRaw`SELECT 1`
    throw new Error('changed my mind')
  })

  await expect(work).rejects.toThrow('changed my mind')
  expect(scope.woken).toEqual([])
})

test('outside of a transaction an effect runs at once', ({ scope }) => {
  wakeAfterCommit(scope, DrainLane, { botId: 'b' })

  expect(scope.woken).toEqual([{ botId: 'b' }])
})
