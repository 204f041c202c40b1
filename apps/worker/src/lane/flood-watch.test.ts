import { expect, test } from 'vitest'
import { createFloodWatch } from './flood-watch.js'

test('holds back the bot when a second chat is told to wait, for the longest of the waits', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)

  expect(watch.record('1', 30_000)).toBeUndefined()
  expect(watch.record('1', 30_000)).toBeUndefined()
  nowMs = 10_000
  expect(watch.record('2', 5_000)).toBe(20_000)
})

test('forgets after half a minute', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 1_000)
  nowMs = 31_000

  expect(watch.record('2', 1_000)).toBeUndefined()
})

test('slows the bot down after a 429, and gets faster bit by bit', () => {
  let nowMs = 0
  const watch = createFloodWatch(30, () => nowMs)
  watch.record('1', 1_000)
  const afterOne = watch.rate(nowMs)
  watch.record('2', 1_000)
  const afterTwo = watch.rate(nowMs)
  nowMs = 30_000
  const halfWay = watch.rate(nowMs)
  nowMs = 200_000

  expect([afterOne, afterTwo, halfWay, watch.rate(nowMs)]).toEqual([28, 19, 24, 30])
  expect(watch.learnedRate(nowMs)).toBeUndefined()
})

test('never stands still, however many 429s come', () => {
  const watch = createFloodWatch(5, () => 0)
  for (let index = 0; index < 100; index++) watch.record(String(index), 1_000)

  expect(watch.rate(0)).toBe(1)
})
