import { expect, test } from 'vitest'
import { aNotification, queued } from '../../test/deliveries.js'
import { createFairShare } from './fair-share.js'
import { createSendQueue, type QueuedDelivery } from './send-queue.js'

let last = 0
function delivery(priority: number, tenantId = 'tenant'): QueuedDelivery {
  const id = String(++last)
  return queued(aNotification({ id, chatId: id, priority, tenantId }))
}

const alone = { timeOf: () => 0 }

/** Sends whatever may leave at each millisecond of a second. @returns what left, and when. */
function drain(queue: ReturnType<typeof createSendQueue>, rate: number): { priority: number; atMs: number }[] {
  const sent: { priority: number; atMs: number }[] = []
  for (let atMs = 1_000; atMs < 2_000; atMs++) {
    for (let next = queue.peek(atMs); next; next = queue.peek(atMs)) {
      queue.take(next)
      queue.started(next, atMs, rate)
      sent.push({ priority: next.priority, atMs })
    }
  }
  return sent
}

test('spaces what is not urgent, and lets what is go at once', () => {
  const queue = createSendQueue(alone)
  for (let index = 0; index < 20; index++) queue.add(delivery(2))
  for (let index = 0; index < 5; index++) queue.add(delivery(0))

  const sent = drain(queue, 10)

  const bulk = sent.filter(({ priority }) => priority === 2).map(({ atMs }) => atMs)
  const gaps = bulk.slice(1).map((atMs, index) => atMs - (bulk[index] ?? 0))
  expect(sent.slice(0, 5).map(({ priority, atMs }) => [priority, atMs])).toEqual(Array(5).fill([0, 1_000]))
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(100)
  expect(bulk.length).toBeLessThanOrEqual(12)
})

test('lets four of normal go for one of bulk while both wait', () => {
  const queue = createSendQueue(alone)
  for (let index = 0; index < 100; index++) {
    queue.add(delivery(1))
    queue.add(delivery(2))
  }

  const sent = drain(queue, 50)

  const bulk = sent.filter(({ priority }) => priority === 2).length
  expect(bulk / sent.length).toBeCloseTo(0.2, 1)
})

/** Sends all that waits, one each millisecond. @returns by tenant and priority what left among the first. */
function serve(queued: QueuedDelivery[], count: number): Record<string, number> {
  const shares = createFairShare(() => 0)
  const queue = createSendQueue(shares)
  for (const one of queued) {
    shares.recordTaken(one)
    queue.add(one)
  }
  const left: Record<string, number> = {}
  for (let sent = 0; sent < count; sent++) {
    const next = queue.peek(sent)
    if (!next) throw new Error('nothing may leave')
    queue.take(next)
    queue.started(next, sent, 10_000)
    shares.recordSent(next)
    const key = `${next.tenantId} ${next.priority}`
    left[key] = (left[key] ?? 0) + 1
  }
  return left
}

test('gives a tenant no more than its share, however urgent it says that it is, and lets its urgent ones go first', () => {
  const loud = Array.from({ length: 100 }, (_, index) => delivery(index % 2, 'loud'))
  const quiet = Array.from({ length: 20 }, () => delivery(1, 'quiet'))

  expect(serve([...loud, ...quiet], 40)).toEqual({ 'loud 0': 20, 'quiet 1': 20 })
})

test('lets what is urgent go before what others send in bulk', () => {
  const bulk = Array.from({ length: 20 }, () => delivery(2, 'bulky'))
  const urgent = Array.from({ length: 10 }, () => delivery(0, 'urgent'))

  expect(serve([...bulk, ...urgent], 10)).toEqual({ 'urgent 0': 10 })
})

test('gives back what is wanted of it, and counts what is left', () => {
  const queue = createSendQueue(alone)
  for (const one of [delivery(0, 'a'), delivery(1, 'a'), delivery(1, 'b')]) queue.add(one)

  expect(queue.takeAll(({ tenantId }) => tenantId === 'a')).toHaveLength(2)
  expect([queue.size, queue.countOf('a'), queue.countOf('b'), queue.count(1)]).toEqual([1, 0, 1, 1])
  expect(queue.takeAll()).toHaveLength(1)
  expect(queue.opensAt(0)).toBe(Infinity)
})

test('keeps its schedule when a timer is late, but does not catch up on a long pause', () => {
  const queue = createSendQueue(alone)
  for (let index = 0; index < 10; index++) queue.add(delivery(2))
  const leave = (atMs: number): number => {
    let left = 0
    for (let next = queue.peek(atMs); next; next = queue.peek(atMs)) {
      queue.take(next)
      queue.started(next, atMs, 100)
      left++
    }
    return left
  }

  expect(
    [leave(1_000), leave(1_014), leave(1_020), leave(9_000)].reduce((sum, left) => sum + left, 0),
  ).toBeLessThanOrEqual(10)
  expect(queue.opensAt(9_000)).toBeGreaterThanOrEqual(9_000)
})
