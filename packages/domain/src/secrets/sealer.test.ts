import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer } from './sealer.js'

const newKey = () => randomBytes(32).toString('base64')

test('opens what it sealed, for the same purpose only', () => {
  const sealer = createSealer(newKey())
  const sealed = sealer.seal('bot-token', 'a secret é')

  expect(sealer.unseal('bot-token', sealed)).toBe('a secret é')
  expect(() => sealer.unseal('another', sealed)).toThrow()
})

test('does not open what another key sealed, nor what was changed', () => {
  const sealer = createSealer(newKey())
  const sealed = sealer.seal('p', 'x')
  const changed = Buffer.from(sealed)
  changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1

  expect(() => createSealer(newKey()).unseal('p', sealed)).toThrow()
  expect(() => sealer.unseal('p', changed)).toThrow()
})

test('derives the same secret from the same input, in the characters Telegram allows', () => {
  const key = newKey()

  expect(createSealer(key).derive('webhook', '1')).toBe(createSealer(key).derive('webhook', '1'))
  expect(createSealer(key).derive('webhook', '1')).not.toBe(createSealer(key).derive('webhook', '2'))
  expect(createSealer(key).derive('webhook', '1')).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('refuses a key of another length without showing it', () => {
  expect(() => createSealer('c2hvcnQ=')).toThrow(/SECRET_KEY must be 32 bytes/)
})
