import Type from 'typebox'
import { expect, test } from 'vitest'
import { parseEnv } from './parse-env.js'

const Schema = Type.Object({
  PORT: Type.Integer({ default: 3000, minimum: 1, maximum: 65535 }),
  DATABASE_URL: Type.String({ pattern: '^postgres(ql)?://' }),
  REDIS_URL: Type.Optional(Type.String()),
})

test('converts values and fills in defaults', () => {
  const config = parseEnv(Schema, { DATABASE_URL: 'postgres://localhost/a', REDIS_URL: '' })

  expect(config).toEqual({ PORT: 3000, DATABASE_URL: 'postgres://localhost/a' })
})

test('names every problem at once and never a value', () => {
  const read = () => parseEnv(Schema, { PORT: 'hunter2', DATABASE_URL: 'mysql://secret' })

  expect(read).toThrow(/PORT/)
  expect(read).toThrow(/DATABASE_URL/)
  expect(read).not.toThrow(/hunter2|secret/)
})

test('says which variable is missing', () => {
  expect(() => parseEnv(Schema, {})).toThrow('DATABASE_URL is not set')
})

test.each(['true', '3000.9', ' ', '0x10', '1e3'])('takes no %j for a number', (PORT) => {
  expect(() => parseEnv(Schema, { PORT, DATABASE_URL: 'postgres://localhost/a' })).toThrow('PORT must be integer')
})
