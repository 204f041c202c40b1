import { expect, test } from 'vitest'
import { cutText } from './cut-text.js'

test.each([
  ['abc', 3, 'abc'],
  ['abcd', 3, 'abc'],
  ['ab🎉', 3, 'ab'],
  ['a🎉b', 3, 'a🎉'],
  ['', 3, ''],
])('cuts %j at %i to %j', (text, lengthMax, cut) => {
  expect(cutText(text, lengthMax)).toBe(cut)
})
