import type { Database } from '@tellwire/db'
import { expect, test } from 'vitest'
import { TimeZoneError, watchClock } from './watch-clock.js'

function tellingTime(timeZone: string, aheadMs: number): Database {
  const answer = { $queryRaw: async () => [{ time_zone: timeZone, epoch_ms: Date.now() - aheadMs }] }
  return answer as unknown as Database
}

function createLog() {
  const warnings: object[] = []
  return {
    warnings,
    log: { info: () => undefined, warn: (fields: object) => warnings.push(fields), error: () => undefined },
  }
}

test('refuses a connection in another time zone: every time would be read wrong', async () => {
  const { log } = createLog()

  await expect(watchClock(tellingTime('America/New_York', 0), log)).rejects.toThrow(TimeZoneError)
  await expect(watchClock(tellingTime('Etc/UTC', 0), log)).resolves.toBeUndefined()
})

test.each([
  [300, []],
  [3_000, [{ aheadMs: expect.closeTo(3_000, -2) as number }]],
  [-3_000, [{ aheadMs: expect.closeTo(-3_000, -2) as number }]],
])('a clock that is ahead by %i ms', async (aheadMs, warned) => {
  const { log, warnings } = createLog()
  await watchClock(tellingTime('UTC', aheadMs), log)

  expect(warnings).toEqual(warned)
})
