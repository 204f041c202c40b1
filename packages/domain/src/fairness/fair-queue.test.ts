import { expect, test } from 'vitest'
import { createFairQueue } from './fair-queue.js'

test('serves the owners in turn, and each in its own order', () => {
  const queue = createFairQueue<string>()
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) queue.add(item.slice(0, 1), item)

  const taken = Array.from({ length: 7 }, () => queue.take())

  expect(taken).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3', undefined])
})
