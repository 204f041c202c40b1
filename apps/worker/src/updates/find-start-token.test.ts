import { expect, test } from 'vitest'
import { findStartToken } from './find-start-token.js'

const token = 'aB3'.repeat(10)

test.for([
  [`https://t.me/some_bot?start=${token}`, token],
  [`please: http://t.me/some_bot?start=${token} thanks`, token],
  [`tg://resolve?domain=some_bot&start=${token}`, token],
  [`start ${token}`, token],
  ['https://t.me/some_bot', undefined],
  ['I start now', undefined],
  ['hello', undefined],
] as const)('%s', ([text, found]) => {
  expect(findStartToken(text)).toBe(found)
})
