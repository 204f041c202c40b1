import { expect, test } from 'vitest'
import { createSettledSeqs } from './settled-seqs.js'

/** Claims at times of their own: those that are answered at once began when they are recorded. */
function createLab() {
  let nowMs = 0
  const settled = createSettledSeqs(
    () => undefined,
    () => nowMs,
  )
  return (atMs: number, seen: { highest?: number; xmin: number; xmax: number }, beganAtMs = atMs): number => {
    nowMs = atMs
    const { highest, xmin, xmax } = seen
    return Number(
      settled.record(
        {
          lowest: [],
          highest: highest === undefined ? undefined : BigInt(highest),
          xmin: BigInt(xmin),
          xmax: BigInt(xmax),
        },
        beganAtMs,
      ),
    )
  }
}

test('a number is settled when those have ended who may have drawn a lower one', () => {
  const record = createLab()

  expect(record(0, { highest: 100, xmin: 10, xmax: 12 })).toBe(0)
  // 12 has drawn a number before the first claim, and writes the row as transaction 13.
  expect(record(1_000, { highest: 110, xmin: 12, xmax: 14 })).toBe(0)
  expect(record(2_000, { highest: 120, xmin: 13, xmax: 15 })).toBe(0)
  expect(record(3_000, { xmin: 14, xmax: 15 })).toBe(0)
  expect(record(3_500, { xmin: 15, xmax: 15 })).toBe(100)
  expect(record(4_000, { highest: 90, xmin: 20, xmax: 20 })).toBe(120)
  expect(record(9_000, { xmin: 20, xmax: 20 })).toBe(120)
})

test('what a claim cannot have seen that began earlier is not settled for it', () => {
  const record = createLab()
  record(0, { highest: 100, xmin: 10, xmax: 10 })
  record(2_000, { highest: 120, xmin: 12, xmax: 12 })

  expect(record(2_100, { xmin: 12, xmax: 12 })).toBe(100)
  expect(record(2_200, { xmin: 11, xmax: 11 }, 1_900)).toBe(0)
})

test('a claim that takes long makes no mark of its time', () => {
  const record = createLab()
  record(0, { highest: 100, xmin: 10, xmax: 10 })

  // It began right after the first.
  expect(record(5_000, { highest: 120, xmin: 10, xmax: 10 }, 1)).toBe(0)
  expect(record(5_001, { xmin: 20, xmax: 20 })).toBe(100)
})

test('whoever writes somewhere else for hours holds numbers back for two minutes', () => {
  const record = createLab()

  for (let atMs = 0; atMs < 600_000; atMs += 1_000) {
    const settled = record(atMs, { highest: atMs, xmin: 5, xmax: 10 + atMs })
    expect(settled).toBeGreaterThanOrEqual(atMs - 125_000)
    expect(settled).toBeLessThanOrEqual(Math.max(0, atMs - 120_000))
  }
})

test('nothing is settled of a database that was put back to an older state', () => {
  const record = createLab()
  record(0, { highest: 100, xmin: 10, xmax: 10 })
  expect(record(3_000, { highest: 120, xmin: 12, xmax: 12 })).toBe(100)

  expect(record(6_000, { highest: 50, xmin: 8, xmax: 8 })).toBe(0)
  expect(record(9_000, { highest: 60, xmin: 9, xmax: 9 })).toBe(50)
})
