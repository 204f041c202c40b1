import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPermits } from './permits.js'

/** The most arrivals in any window [t, t + windowMs). */
function mostInWindow(arrivals: number[], windowMs: number): number {
  const sorted = arrivals.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  for (let last = 0; last < sorted.length; last++) {
    while ((sorted[last] ?? 0) - (sorted[first] ?? 0) >= windowMs) first++
    most = Math.max(most, last - first + 1)
  }
  return most
}

test('gives a permit back a second after the answer', () => {
  const permits = createPermits(1)
  permits.start('1', 'private')
  expect(permits.freeAt(0)).toBe(Infinity)

  permits.answered('1', 300)

  expect(permits.free(1_299)).toBe(0)
  expect(permits.freeAt(1_299)).toBe(1_300)
  expect(permits.free(1_300)).toBe(1)
})

test('lets a group be sent to twenty times a minute', () => {
  const permits = createPermits(30)
  for (let index = 0; index < 20; index++) {
    permits.start('-1', 'group')
    permits.answered('-1', index * 1_000)
  }

  expect(permits.chatFreeAt('-1', 20_000)).toBe(60_000)
})

test('takes account of what an earlier holder sent', () => {
  const permits = createPermits(30)
  permits.recall('1', 'private', [500])
  permits.spendAll(1_200)

  expect(permits.busyChats(1_000)).toEqual(['1'])
  expect(permits.free(1_199)).toBe(0)
  expect(permits.free(1_200)).toBe(30)
})

test('forgets chats only when nothing of them counts any more', () => {
  const permits = createPermits(30)
  permits.start('1', 'private')
  permits.answered('1', 0)
  permits.recall(
    '-1',
    'group',
    Array.from({ length: 20 }, () => 0),
  )
  permits.forget(2_000)

  expect(permits.chatFreeAt('1', 2_000)).toBe(2_000)
  expect(permits.chatFreeAt('-1', 2_000)).toBe(60_000)
})

test('never lets a sliding window hold more than it may, however calls and answers interleave', () => {
  const step = fc.record({
    waitMs: fc.integer({ min: 0, max: 400 }),
    chat: fc.integer({ min: 0, max: 5 }),
    latencyMs: fc.integer({ min: 0, max: 900 }),
    arrival: fc.double({ min: 0, max: 1, noNaN: true }),
  })

  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(step, { maxLength: 200 }), (rate, steps) => {
      const permits = createPermits(rate)
      const arrivals: { chat: number; atMs: number }[] = []
      let open: { chat: number; answerAtMs: number }[] = []
      let nowMs = 0
      for (const { waitMs, chat, latencyMs, arrival } of steps) {
        nowMs += waitMs
        const due = open.filter(({ answerAtMs }) => answerAtMs <= nowMs).toSorted((a, b) => a.answerAtMs - b.answerAtMs)
        for (const call of due) permits.answered(String(call.chat), call.answerAtMs)
        open = open.filter(({ answerAtMs }) => answerAtMs > nowMs)
        if (permits.free(nowMs) <= 0 || permits.chatFreeAt(String(chat), nowMs) > nowMs) continue
        permits.start(String(chat), chat === 0 ? 'group' : 'private')
        open.push({ chat, answerAtMs: nowMs + latencyMs })
        arrivals.push({ chat, atMs: nowMs + latencyMs * arrival })
      }

      expect(
        mostInWindow(
          arrivals.map(({ atMs }) => atMs),
          1_000,
        ),
      ).toBeLessThanOrEqual(rate)
      for (const chat of [0, 1, 2, 3, 4, 5]) {
        const own = arrivals.filter((entry) => entry.chat === chat).map(({ atMs }) => atMs)
        expect(mostInWindow(own, 1_000)).toBeLessThanOrEqual(1)
        expect(mostInWindow(own, 60_000)).toBeLessThanOrEqual(chat === 0 ? 20 : own.length)
      }
    }),
    { numRuns: 500 },
  )
})
