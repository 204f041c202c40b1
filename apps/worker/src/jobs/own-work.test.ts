import { expect, test } from 'vitest'
import type { WorkerContext } from '../context.js'
import type { Job } from './job.js'
import { createOwnWork } from './own-work.js'

test('of very much that is due, as much is done at a time as a queue would give, and others the next time', async () => {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const job = {
    contract: { name: 'job', concurrency: 3, key: ({ id }: { id: string }) => id },
    run: async (_: unknown, { id }: { id: string }) => {
      begun.push(id)
      await new Promise<void>((resolve) => ends.push(resolve))
    },
  } as unknown as Job
  const due = Array.from({ length: 1_000 }, (_, index) => ({ id: `${index}` }))
  const places = [0.9, 0, 0.5]
  const work = createOwnWork({} as WorkerContext, () => places.shift() ?? 0)

  work.begin(job, due)
  work.begin(job, due)
  expect(begun).toEqual(['900', '901', '902'])

  for (const end of ends.splice(0)) end()
  await work.ended()
  work.begin(job, due)
  expect(begun.slice(3)).toEqual(['500', '501', '502'])
})

test('work that only joins a line of this process is begun whole', async () => {
  const begun: string[] = []
  const job = {
    contract: { name: 'job', concurrency: 3, key: ({ id }: { id: string }) => id },
    isLined: true,
    run: async (_: unknown, { id }: { id: string }) => void begun.push(id),
  } as unknown as Job
  const work = createOwnWork({} as WorkerContext)

  work.begin(
    job,
    Array.from({ length: 100 }, (_, index) => ({ id: `${index}` })),
  )
  await work.ended()

  expect(begun).toHaveLength(100)
})
