import { connectEngine, type Pool } from '@tellwire/db'
import { createLogger } from '@tellwire/observability'
import { createTestDatabase } from '@tellwire/testing'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { createDuty } from './duty.js'

let engine: Pool
beforeAll(async () => {
  engine = connectEngine({ url: (await createTestDatabase()).engineUrl, poolMax: 1 })
})
afterAll(() => engine.end())
afterEach(() => vi.restoreAllMocks())

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

test('whoever keeps it asks for it when a third of its lease is over, and hears then that it is another’s', async () => {
  let nowMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const asked = vi.spyOn(engine, 'query')
  const [one, other] = [dutyOf('kept', 3_000), dutyOf('kept', 3_000)]

  await one.take()
  nowMs = 999
  expect(await one.take()).toBe(true)
  expect(asked).toHaveBeenCalledTimes(1)
  nowMs = 1_000
  expect(await one.take()).toBe(true)
  expect(asked).toHaveBeenCalledTimes(2)

  await engine.query("DELETE FROM duties WHERE name = 'kept'")
  expect(await other.take()).toBe(true)
  nowMs = 2_000
  expect(await one.take()).toBe(false)
})
