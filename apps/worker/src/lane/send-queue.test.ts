import { expect, test } from 'vitest'
import { aNotification, queued } from '../../test/deliveries.js'
import { createSendQueue, type QueuedDelivery } from './send-queue.js'

let last = 0
function delivery(priority: number, finishTime: number): QueuedDelivery {
  const id = String(++last)
  return queued(aNotification({ id, chatId: id, priority, finishTime }))
}

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
  const queue = createSendQueue()
  for (let index = 0; index < 20; index++) queue.add(delivery(2, index))
  for (let index = 0; index < 5; index++) queue.add(delivery(0, index))

  const sent = drain(queue, 10)

  const bulk = sent.filter(({ priority }) => priority === 2).map(({ atMs }) => atMs)
  const gaps = bulk.slice(1).map((atMs, index) => atMs - (bulk[index] ?? 0))
  expect(sent.slice(0, 5).map(({ priority, atMs }) => [priority, atMs])).toEqual(Array(5).fill([0, 1_000]))
  expect(Math.min(...gaps.slice(1))).toBeGreaterThanOrEqual(100)
  expect(bulk.length).toBeLessThanOrEqual(12)
})

test('lets four of normal go for one of bulk while both wait', () => {
  const queue = createSendQueue()
  for (let index = 0; index < 100; index++) {
    queue.add(delivery(1, index))
    queue.add(delivery(2, index))
  }

  const sent = drain(queue, 50)

  const bulk = sent.filter(({ priority }) => priority === 2).length
  expect(bulk / sent.length).toBeCloseTo(0.2, 1)
})

test('takes the lowest finishTime of a priority first, whenever it came', () => {
  const queue = createSendQueue()
  for (const finishTime of [5, 1, 3]) queue.add(delivery(1, finishTime))

  const order = [queue.peek(0)?.finishTime]
  const first = queue.peek(0)
  if (first) queue.take(first)
  order.push(queue.peek(0)?.finishTime)

  expect(order).toEqual([1, 3])
  expect(queue.clear()).toHaveLength(2)
  expect(queue.size).toBe(0)
})

test('keeps its schedule when a timer is late, but does not catch up on a long pause', () => {
  const queue = createSendQueue()
  for (let index = 0; index < 10; index++) queue.add(delivery(2, index))
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
