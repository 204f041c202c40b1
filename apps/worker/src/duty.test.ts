import { connectEngine, type Pool } from '@tellwire/db'
import { createLogger } from '@tellwire/observability'
import { createTestDatabase, eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createDuty } from './duty.js'

let engine: Pool
beforeAll(async () => {
  engine = connectEngine({ url: (await createTestDatabase()).engineUrl, poolMax: 1 })
})
afterAll(() => engine.end())

const dutyOf = (name: string, leaseMs: number) =>
  createDuty({ engine, log: createLogger('test', 'silent') }, { name, leaseMs })

test('one has it at a time, and whoever leaves it leaves it to the others at once', async () => {
  const [one, other] = [dutyOf('work', 60_000), dutyOf('work', 60_000)]

  expect(await one.take()).toBe(true)
  expect(await other.take()).toBe(false)
  expect(await one.take()).toBe(true)
  await one.leave()
  expect(await other.take()).toBe(true)
  expect(await one.take()).toBe(false)
})

test('whoever keeps it asks for it no more often than half of its lease', async () => {
  const asked = vi.spyOn(engine, 'query')
  const long = dutyOf('long', 60_000)
  for (let again = 0; again < 100; again++) expect(await long.take()).toBe(true)
  expect(asked).toHaveBeenCalledTimes(1)

  const short = dutyOf('short', 40)
  await eventually(async () => (await short.take()) && asked.mock.calls.length > 3)
})
