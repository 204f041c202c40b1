import type { Queue } from 'bullmq'
import Type from 'typebox'
import { expect, test } from 'vitest'
import type { JobBackend } from './backend.js'
import type { JobContract } from './job-contract.js'
import { createWaker } from './waker.js'

test('a queue whose store was away when it was first used works once that is back', async () => {
  let isAway = true
  let made = 0
  const backend = {
    createQueue: () => {
      made++
      const isBroken = isAway
      return {
        on: () => undefined,
        add: async () => {
          if (isBroken || isAway) throw new Error('away')
        },
        close: async () => undefined,
      } as unknown as Queue
    },
  } as unknown as JobBackend
  const contract = { name: 'job', key: () => 'key' } as unknown as JobContract<ReturnType<typeof Type.Object>>
  const waker = createWaker(backend, () => undefined)

  expect(await waker.handOver(contract, {})).toBe(false)
  isAway = false
  expect(await waker.handOver(contract, {})).toBe(true)
  isAway = true
  expect(await waker.handOver(contract, {})).toBe(false)
  isAway = false
  expect(await waker.handOver(contract, {})).toBe(true)
  // What has worked once is kept.
  expect(made).toBe(2)
})
