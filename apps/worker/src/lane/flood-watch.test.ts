import { expect, test } from 'vitest'
import { createFloodWatch } from './flood-watch.js'

test('holds back the bot when a second chat is told to wait, for the longest of the waits', () => {
  let nowMs = 0
  const watch = createFloodWatch(() => nowMs)

  expect(watch.note('1', 30_000)).toBeUndefined()
  expect(watch.note('1', 30_000)).toBeUndefined()
  nowMs = 10_000
  expect(watch.note('2', 5_000)).toBe(20_000)
})

test('forgets after half a minute', () => {
  let nowMs = 0
  const watch = createFloodWatch(() => nowMs)
  watch.note('1', 1_000)
  nowMs = 31_000

  expect(watch.note('2', 1_000)).toBeUndefined()
})
