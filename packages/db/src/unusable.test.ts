import { expect, test } from 'vitest'
import { connectDatabase } from './client.js'
import { assertSeesAllTenants } from './tenant-database.js'
import { orUnusable, UnusableDatabaseError } from './unusable.js'

test('a database that is not there is told in one sentence', async () => {
  const db = connectDatabase({ url: 'postgres://nobody:x@127.0.0.1:9/none', poolMax: 1 })

  await expect(assertSeesAllTenants(db)).rejects.toThrow(/^The database cannot be used: .+\. Check DATABASE_URL/)
  await db.$disconnect()
})

test.each([
  ['a password that is refused', { code: '28P01' }, 'it refuses the password'],
  ['no such database, as Prisma tells it', { meta: { cause: { kind: 'DatabaseDoesNotExist' } } }, 'no such database'],
])('%s is told in words', async (_, fault, sentence) => {
  const work = Promise.reject(Object.assign(new Error('x'), fault))

  await expect(orUnusable(work)).rejects.toThrow(sentence)
})

test('a fault of another kind stays what it is', async () => {
  const fault = new TypeError('x is not a function')

  await expect(orUnusable(Promise.reject(fault))).rejects.toBe(fault)
  expect(fault).not.toBeInstanceOf(UnusableDatabaseError)
})
