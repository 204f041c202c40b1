import { expect, test } from 'vitest'
import { retryDelayMs } from './retry-policy.js'

test('doubles the longest delay up to five minutes, and spreads evenly below it', () => {
  const longest = [0, 1, 2, 8, 9, 1_000].map((attempts) => retryDelayMs(attempts, () => 1))

  expect(longest).toEqual([1_000, 2_000, 4_000, 256_000, 300_000, 300_000])
  expect(retryDelayMs(5, () => 0)).toBe(0)
})
