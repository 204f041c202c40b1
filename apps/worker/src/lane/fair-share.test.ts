import type { ClaimedDelivery } from '@tellwire/db'
import { expect, test } from 'vitest'
import { createFairShare } from './fair-share.js'

const taken = (tenantId: string, finishTime: number): ClaimedDelivery =>
  ({ priority: 1, tenantId, chatId: '1', finishTime }) as unknown as ClaimedDelivery

test('remembers how far each tenant was served, and where', () => {
  const shares = createFairShare(3, () => 0)

  shares.recordTaken([taken('a', 1), taken('b', 1), taken('a', 2)])

  expect(shares.positions()).toEqual([
    expect.objectContaining({ tenantId: 'a', finishTime: 2 }),
    expect.objectContaining({ tenantId: 'b', finishTime: 1 }),
  ])
})

test('compares nobody with one that was away, and remembers what was sent last', () => {
  let nowMs = 0
  const shares = createFairShare(3, () => nowMs)
  shares.recordTaken([taken('away', 3)])
  shares.recordSent(taken('a', 7))
  shares.recordSent(taken('b', 4))
  nowMs = 5_000

  expect(shares.virtualTimes).toEqual([0, 7, 0])
  expect(shares.positions()).toEqual([
    expect.objectContaining({ tenantId: 'away', chatId: '1', finishTime: null, sentFinishTime: null }),
  ])
})

test('compares nobody with what one that comes back was sent before it went', () => {
  let nowMs = 0
  const shares = createFairShare(3, () => nowMs)
  shares.recordTaken([taken('back', 3)])
  shares.recordSent(taken('back', 3))
  shares.recordSent(taken('whale', 900))
  nowMs = 5_000

  shares.recordTaken([taken('back', 901)])
  expect(shares.positions()).toEqual([
    expect.objectContaining({ tenantId: 'back', finishTime: 901, sentFinishTime: null }),
  ])

  shares.recordSent(taken('back', 901))
  expect(shares.positions()).toEqual([
    expect.objectContaining({ tenantId: 'back', finishTime: 901, sentFinishTime: 901 }),
  ])
})

test('forgets a tenant that was not served for a while, unless it is ahead of the others', () => {
  let nowMs = 0
  const shares = createFairShare(3, () => nowMs)
  shares.recordTaken([taken('ahead', 9), taken('behind', 2)])
  shares.recordSent(taken('behind', 2))
  nowMs = 60_000

  shares.forget(nowMs)

  expect(shares.positions().map(({ tenantId }) => tenantId)).toEqual(['ahead'])
})
