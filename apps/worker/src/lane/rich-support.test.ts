import { expect, test } from 'vitest'
import { createRichSupport } from './rich-support.js'

test('a bot whose server knows no rich messages is asked again after an hour', () => {
  let nowMs = 0
  const support = createRichSupport(() => nowMs)
  support.noteMissing('bot')

  expect([support.isMissing('bot'), support.isMissing('another')]).toEqual([true, false])
  nowMs = 3_599_999
  expect(support.isMissing('bot')).toBe(true)
  nowMs = 3_600_000
  expect(support.isMissing('bot')).toBe(false)
})
