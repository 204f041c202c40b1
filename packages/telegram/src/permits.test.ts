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

test.each([
  [30, 1_000],
  [5, 2_000],
  [3, 3_000],
  [1, 10_000],
])('after an album of ten a bot of %i a second may send again when its rate is made up for', (rate, freeAtMs) => {
  const permits = createPermits(rate)
  permits.start('1', 'private', 10)
  permits.answered('1', 0, 10)

  expect(permits.freeAt(0, rate === 30 ? 30 : 1)).toBe(freeAtMs)
})

test('a call that is not made spends nothing', () => {
  const permits = createPermits(1)
  permits.start('1', 'private', 10)
  permits.unused('1', 10)

  expect([permits.freeAt(0), permits.chatFreeAt('1', 0)]).toEqual([0, 0])
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

/** Steps of the model test: a tenth of them in `npm test`, all of them in `npm run test:full`. */
const stepsWanted = Number(process.env['PROPERTY_STEPS'] ?? 10_000)
const stepsEach = 200

interface Call {
  chat: number
  beganMs: number
  answersAtMs: number
}

/** What Telegram would see, and what the permits are told. Chat 0 is a group. */
interface Model {
  nowMs: number
  open: Call[]
  arrivals: { chat: number; atMs: number }[]
  rates: { rate: number; fromMs: number }[]
}

const command = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('send' as const),
      chat: fc.integer({ min: 0, max: 8 }),
      latencyMs: fc.integer({ min: 0, max: 900 }),
      arrival: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 400 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('stall' as const), ms: fc.integer({ min: 1_000, max: 60_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('slow' as const), rate: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'takeover' as const }) },
)

test('never lets a strict sliding window hold more than it may, whatever happens', () => {
  const seed = Number(process.env['PROPERTY_SEED'] ?? Date.now() % 1_000_000)
  let steps = 0
  process.stdout.write(`permits: PROPERTY_SEED=${seed}, ${stepsWanted} steps\n`)

  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      fc.array(command, { minLength: stepsEach, maxLength: stepsEach }),
      (rate, commands) => {
        const model: Model = { nowMs: 0, open: [], arrivals: [], rates: [{ rate, fromMs: 0 }] }
        let permits = createPermits(rate)

        const advance = (ms: number): void => {
          model.nowMs += ms
          const due = model.open.filter(({ answersAtMs }) => answersAtMs <= model.nowMs)
          for (const { chat, answersAtMs } of due.toSorted((a, b) => a.answersAtMs - b.answersAtMs))
            permits.answered(String(chat), answersAtMs)
          model.open = model.open.filter(({ answersAtMs }) => answersAtMs > model.nowMs)
        }

        for (const step of commands) {
          steps++
          const { nowMs } = model
          switch (step.kind) {
            case 'wait':
            case 'stall':
              advance(step.ms)
              break
            case 'slow':
              // What was sent before counts against the rate of before.
              advance(1_000)
              permits.rate = step.rate
              model.rates.push({ rate: step.rate, fromMs: model.nowMs })
              break
            case 'takeover': {
              // Another holder: it knows no open calls, and the chats' last answers only from the record.
              advance(1_000)
              const sent = model.arrivals
              const open = model.open
              advance(Math.max(0, ...open.map(({ answersAtMs }) => answersAtMs - model.nowMs)))
              const current = permits.rate
              permits = createPermits(current)
              permits.spendAll(model.nowMs + 1_000)
              for (const chat of new Set(sent.map((entry) => entry.chat)))
                permits.recall(
                  String(chat),
                  chat === 0 ? 'group' : 'private',
                  sent.filter((entry) => entry.chat === chat).map(({ atMs }) => Math.max(atMs, 0)),
                )
              advance(1_000)
              break
            }
            case 'send': {
              const chat = String(step.chat)
              if (permits.free(nowMs) <= 0 || permits.chatFreeAt(chat, nowMs) > nowMs) break
              permits.start(chat, step.chat === 0 ? 'group' : 'private')
              model.open.push({ chat: step.chat, beganMs: nowMs, answersAtMs: nowMs + step.latencyMs })
              model.arrivals.push({ chat: step.chat, atMs: nowMs + step.latencyMs * step.arrival })
              break
            }
          }
        }

        const highest = Math.max(...model.rates.map((entry) => entry.rate))
        expect(
          mostInWindow(
            model.arrivals.map(({ atMs }) => atMs),
            1_000,
          ),
        ).toBeLessThanOrEqual(highest)
        for (const [index, { rate: own, fromMs }] of model.rates.entries()) {
          const untilMs = model.rates[index + 1]?.fromMs ?? Infinity
          const within = model.arrivals
            .filter(({ atMs }) => atMs >= fromMs + 1_000 && atMs < untilMs)
            .map(({ atMs }) => atMs)
          expect(mostInWindow(within, 1_000)).toBeLessThanOrEqual(own)
        }
        for (let chat = 0; chat <= 8; chat++) {
          const own = model.arrivals.filter((entry) => entry.chat === chat).map(({ atMs }) => atMs)
          expect(mostInWindow(own, 1_000)).toBeLessThanOrEqual(1)
          expect(mostInWindow(own, 60_000)).toBeLessThanOrEqual(chat === 0 ? 20 : own.length)
        }
      },
    ),
    { numRuns: Math.ceil(stepsWanted / stepsEach), seed, endOnFailure: true },
  )

  expect(steps).toBeGreaterThanOrEqual(stepsWanted)
})
