import { expect, test } from 'vitest'
import { searchList } from './search.js'

/** A list of the numbers 1 to `length`, of which those fit that `fits` says. */
function search(
  length: number,
  fits: (key: number) => boolean,
  options: { limit: number; after?: string; delayMs?: number },
) {
  const { limit, after, delayMs = 0 } = options
  const looks: number[] = []
  const found = searchList<{ gt?: string; lte?: string }, number>({
    limit,
    after,
    order: 'asc',
    within: {},
    fitting: [{}],
    keyed: (range) => range,
    findKey: async ({ AND }, skip) => {
      const { gt = 0 } = Object.assign({}, ...AND)
      const bound = Number(gt) + skip + 1
      return bound < length ? String(bound) : undefined
    },
    find: async ({ AND }, take) => {
      const { gt = 0, lte = length } = Object.assign({}, ...AND)
      const [first, last] = [Number(gt) + 1, Number(lte)]
      looks.push(last - first + 1)
      // Each look takes its time, as that at a large table does.
      await new Promise((resolve) => setTimeout(resolve, delayMs))
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
        .filter(fits)
        .slice(0, take)
    },
  })
  return { found, looks }
}

test('looks at growing stretches until a page is full', async () => {
  const { found, looks } = search(1_000_000, (key) => key % 1_000 === 0, { limit: 10 })

  expect((await found).rows).toEqual(Array.from({ length: 11 }, (_, index) => (index + 1) * 1_000))
  expect(looks).toEqual([1_000, 4_000, 16_000])
})

test('ends with the list', async () => {
  const { found } = search(2_500, (key) => key === 2_500, { limit: 10, after: '100' })

  expect(await found).toEqual({ rows: [2_500], searchedTo: undefined })
})

test('leaves to the next page what takes longer than a moment', async () => {
  const { found } = search(10_000_000, () => false, { limit: 10, delayMs: 120 })

  const { rows, searchedTo } = await found
  expect(rows).toEqual([])
  expect(Number(searchedTo)).toBeGreaterThan(1_000)
})
