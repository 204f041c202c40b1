import { expect, test } from 'vitest'
import { isDatabaseUnavailable } from './unavailable.js'

test.each([
  ['a lost connection', Object.assign(new Error('x'), { code: 'ECONNRESET' })],
  ['a transaction that got no connection', Object.assign(new Error('x'), { code: 'P2028' })],
  ["Postgres' code in what Prisma adds", { meta: { driverAdapterError: { cause: { originalCode: '55P03' } } } }],
  ['a driver that says it in words', new Error('Connection terminated unexpectedly')],
])('%s is trouble of the database', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(true)
})

test.each([
  ['a row that is there already', Object.assign(new Error('x'), { code: 'P2002' })],
  ['a fault of ours', new TypeError('x is not a function')],
  ['nothing that is known', undefined],
])('%s is not', (_, error) => {
  expect(isDatabaseUnavailable(error)).toBe(false)
})
