import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { findKeyWeakness } from './read-secret-keys.js'

test.each([Buffer.alloc(32), Buffer.alloc(32, 'abcdefgh'), Buffer.from('aabbccddaabbccddaabbccddaabbccdd')])(
  'a key of few different bytes is weak',
  (bytes) => {
    expect(findKeyWeakness(bytes.toString('base64'))).toMatch(/^has only \d+ different bytes of 32$/)
  },
)

test('random keys are not', () => {
  for (let index = 0; index < 1_000; index++)
    expect(findKeyWeakness(randomBytes(32).toString('base64'))).toBeUndefined()
})
