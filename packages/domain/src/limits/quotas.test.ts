import { expect, test } from 'vitest'
import { createQuotas, type OnQuotaWarning, type SharedCount } from './quotas.js'

/** Processes that share one count, and a clock. */
function createProcesses(count: number) {
  const shared = new Map<string, number>()
  const warnings: Parameters<OnQuotaWarning>[0][] = []
  const clock = { nowMs: 1_000_000_000_000 }
  let asked = 0
  const addShared: SharedCount = async ({ tenantId, quota, windowStart, amount }) => {
    asked++
    const key = `${tenantId} ${quota} ${windowStart.getTime()}`
    const used = (shared.get(key) ?? 0) + amount
    shared.set(key, used)
    return used
  }
  const processes = Array.from({ length: count }, () =>
    createQuotas(
      addShared,
      (warning) => warnings.push(warning),
      () => clock.nowMs,
    ),
  )
  const takeAll = async (times: number, limit: number, tenantId = 't'): Promise<number> => {
    let allowed = 0
    for (let index = 0; index < times; index++) {
      const quotas = processes[index % count]
      const taken = await quotas?.take(tenantId, 'requests_per_second', limit, 1)
      if (taken?.isAllowed) allowed++
    }
    return allowed
  }
  return { clock, warnings, takeAll, processes, asked: () => asked }
}

test('processes allow together what the limit says, and no more', async () => {
  const { takeAll } = createProcesses(3)

  expect(await takeAll(50, 7)).toBe(7)
  expect(await takeAll(5_000, 1_000, 'other')).toBeLessThanOrEqual(1_000)
})

test('the next window begins anew', async () => {
  const { takeAll, clock } = createProcesses(2)
  await takeAll(20, 5)
  clock.nowMs += 1_000

  expect(await takeAll(20, 5)).toBe(5)
})

test('asks for blocks, not for each', async () => {
  const { takeAll, asked } = createProcesses(1)

  expect(await takeAll(1_000, 1_000)).toBe(1_000)
  expect(asked()).toBeLessThan(60)
})

test('a limit that is changed holds at once', async () => {
  const { takeAll } = createProcesses(1)
  await takeAll(500, 1_000_000)

  expect(await takeAll(600, 1_000)).toBe(500)
  expect(await takeAll(600, 2_000)).toBe(600)
})

test('tells once when eighty and a hundred percent are used up', async () => {
  const { takeAll, warnings } = createProcesses(2)
  await takeAll(30, 10)

  expect(warnings.map(({ percent }) => percent)).toEqual([80, 100])
})

test('an amount that does not fit is refused, and takes nothing', async () => {
  const { processes } = createProcesses(1)
  const [quotas] = processes
  const take = (amount: number) => quotas?.take('t', 'notifications_per_day', 10, amount)

  expect(await take(4)).toMatchObject({ isAllowed: true })
  expect(await take(500)).toMatchObject({ isAllowed: false })
  expect(await take(6)).toMatchObject({ isAllowed: true, remaining: 0 })
})
