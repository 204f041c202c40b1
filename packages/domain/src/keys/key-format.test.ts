import { expect, test } from 'vitest'
import { generateKey, isWellFormedKey } from './key-format.js'

test('recognises its own keys, by kind', () => {
  const key = generateKey('live')

  expect(key).toMatch(/^tw_live_[0-9A-Za-z]{38}$/)
  expect(isWellFormedKey(key, ['live', 'test'])).toBe(true)
  expect(isWellFormedKey(key, ['admin'])).toBe(false)
})

test('refuses a key with one changed character', () => {
  const key = generateKey('admin')
  const changed = key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21)

  expect(isWellFormedKey(changed, ['admin'])).toBe(false)
})
