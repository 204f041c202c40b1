import { expect, test } from 'vitest'
import { aNotification } from '../../test/deliveries.js'
import { createFairShare, type FairShare } from './fair-share.js'

const of = (tenantId: string, fields: Parameters<typeof aNotification>[0] = {}) =>
  aNotification({ tenantId, ...fields })

/** Serves the tenants that always have something, by their shares. @returns how often each was served. */
function serve(shares: FairShare, weights: Record<string, number>, count: number): Record<string, number> {
  const served = Object.fromEntries(Object.keys(weights).map((tenantId) => [tenantId, 0]))
  for (let index = 0; index < count; index++) {
    const [next = ''] = Object.keys(weights).toSorted((a, b) => shares.timeOf(a) - shares.timeOf(b))
    const delivery = of(next, { weight: weights[next] ?? 1 })
    shares.recordTaken(delivery)
    shares.recordSent(delivery)
    served[next] = (served[next] ?? 0) + 1
  }
  return served
}

test('serves tenants by their weights', () => {
  expect(
    serve(
      createFairShare(() => 0),
      { a: 1, b: 3 },
      400,
    ),
  ).toEqual({ a: 100, b: 300 })
})

test('counts what a tenant sends of all priorities together', () => {
  const shares = createFairShare(() => 0)
  for (let index = 0; index < 10; index++) {
    for (const delivery of [of('urgent', { priority: 0 }), of('patient', { priority: 1 })]) shares.recordTaken(delivery)
    shares.recordSent(of('urgent', { priority: 0 }))
  }

  expect(shares.timeOf('urgent')).toBeGreaterThan(shares.timeOf('patient'))
})

test('lets one that was away begin where the lane is: it owes nothing and has saved up nothing', () => {
  let nowMs = 0
  const shares = createFairShare(() => nowMs)
  serve(shares, { away: 1 }, 1)
  nowMs = 5_000
  serve(shares, { whale: 1 }, 100)

  expect(shares.knownTimeOf('away')).toBeUndefined()
  expect(shares.timeOf('away')).toBe(shares.virtualTime)
  expect(serve(shares, { away: 1, whale: 1 }, 100)['away']).toBeLessThanOrEqual(51)
})

test('lets one that is served all the time catch up a little, and no more', () => {
  const shares = createFairShare(() => 0)
  serve(shares, { slow: 1 }, 1)
  serve(shares, { fast: 1 }, 100)

  expect(shares.virtualTime - shares.timeOf('slow')).toBe(2)
})

test('remembers where each tenant was served last, and forgets it after a while', () => {
  let nowMs = 0
  const shares = createFairShare(() => nowMs)
  shares.recordTaken(of('a', { priority: 1, chatId: '7' }))
  expect(shares.chatIdsOf('a')).toEqual([undefined, '7'])

  nowMs = 60_000
  shares.forget(nowMs)
  expect(shares.tenantIds()).toEqual([])
})

test('remembers who was served in a chat that several write to, as long as it is written to', () => {
  let nowMs = 0
  const shares = createFairShare(() => nowMs)
  shares.recordTaken(of('alone', { chatId: '1' }))
  shares.recordTaken(of('a', { chatId: '2', isShared: true }))
  shares.recordTaken(of('b', { chatId: '2' }))

  expect([...shares.served.keys()]).toEqual(['2'])
  expect([...(shares.served.get('2') ?? [])].toSorted(([, a], [, b]) => a - b).map(([id]) => id)).toEqual(['a', 'b'])
  nowMs = 120_000
  shares.forget(nowMs)
  expect(shares.served.size).toBe(0)
})
