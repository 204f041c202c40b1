import { expect, test } from 'vitest'
import { createFloodWatch } from './flood-watch.js'

test('holds back the bot when a second chat is told to wait, for the shortest of the waits', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)

  expect(watch.record('1', 600_000, nowMs)).toBeUndefined()
  expect(watch.record('1', 600_000, nowMs)).toBeUndefined()
  nowMs = 10_000
  expect(watch.record('2', 1_000, nowMs)).toBe(1_000)
})

test('lets one call try after a wait, and waits longer only if that is refused too', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 1_000, nowMs)
  watch.record('2', 2_000, nowMs)
  expect(watch.isTrying).toBe(true)
  // One that was open already tries nothing.
  expect(watch.record('4', 90_000, nowMs)).toBe(1_000)
  nowMs = 1_000
  expect(watch.record('3', 40_000, nowMs)).toBe(40_000)

  nowMs = 41_001
  watch.accepted(nowMs)
  expect(watch.isTrying).toBe(false)
  expect(watch.record('3', 40_000, nowMs)).toBeUndefined()
})

test('does not hold back a bot that was taken in between', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 30_000, nowMs)
  // This one was on its way when the first was refused.
  watch.accepted(0)
  nowMs = 1_000
  watch.accepted(500)
  nowMs = 2_000

  expect(watch.record('2', 30_000, nowMs)).toBeUndefined()
})

test('forgets after half a minute', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 1_000, nowMs)
  nowMs = 31_000

  expect(watch.record('2', 1_000, nowMs)).toBeUndefined()
})

test('slows the bot down after a 429, and gets faster bit by bit', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 1_000, nowMs)
  const afterOne = watch.rate(nowMs)
  watch.record('2', 1_000, nowMs)
  const afterTwo = watch.rate(nowMs)
  nowMs = 30_000
  const halfWay = watch.rate(nowMs)
  nowMs = 200_000

  expect([afterOne, afterTwo, halfWay, watch.rate(nowMs)]).toEqual([28, 19, 24, 30])
  expect(watch.learnedRate(nowMs)).toBeUndefined()
})

test('never stands still, however many 429s come', () => {
  const watch = createFloodWatch(5, () => 0)
  for (let index = 0; index < 100; index++) watch.record(String(index), 1_000, index)

  expect(watch.rate(0)).toBe(1)
})
