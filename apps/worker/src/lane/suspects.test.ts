import { expect, test } from 'vitest'
import { createSuspects } from './suspects.js'

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function createLab() {
  const struck: string[] = []
  const entered: string[] = []
  const suspects = createSuspects(async (ids) => {
    if (ids.includes('unwritten')) throw new Error('the database is away')
    struck.push(...ids)
  })
  const enter = (id: string, strikes = 0, isWanted = () => true): Promise<boolean> =>
    suspects.enter({ id, strikes }, isWanted).then((isStruck) => {
      entered.push(id)
      return isStruck
    })
  return { struck, entered, suspects, enter }
}

test('those that were in flight once are handled together, and struck before', async () => {
  const { struck, entered, enter } = createLab()
  const ids = Array.from({ length: 70 }, (_, index) => `s${index}`)
  for (const id of ids) void enter(id)
  await turn()

  expect(struck).toEqual(ids.slice(0, 64))
  expect(entered).toEqual(ids.slice(0, 64))
})

test('those with a strike come after the others, and each alone', async () => {
  const { entered, suspects, enter } = createLab()
  void enter('a')
  void enter('hard 1', 1)
  void enter('hard 2', 1)
  void enter('b')
  await turn()
  expect(entered).toEqual(['a', 'b'])

  suspects.leave('a')
  await turn()
  expect(entered).toEqual(['a', 'b'])
  suspects.leave('b')
  await turn()
  expect(entered).toEqual(['a', 'b', 'hard 1'])

  void enter('c')
  await turn()
  expect(entered).toEqual(['a', 'b', 'hard 1'])
  suspects.leave('hard 1')
  await turn()
  expect(entered).toEqual(['a', 'b', 'hard 1', 'c'])
  suspects.leave('c')
  await turn()
  expect(entered).toEqual(['a', 'b', 'hard 1', 'c', 'hard 2'])
})

test('one whose strike cannot be written is not handled, and the next one is', async () => {
  const { entered, enter } = createLab()

  expect(await enter('unwritten', 1)).toBe(false)
  expect(await enter('next', 1)).toBe(true)
  expect(entered).toEqual(['unwritten', 'next'])
})

test('one that is given back while it waits is not struck, and holds up nobody', async () => {
  const { struck, entered, suspects, enter } = createLab()
  let isWanted = true
  void enter('first', 1)
  const given = [enter('second', 1, () => isWanted), enter('third')]
  await turn()
  isWanted = false
  suspects.leave('first')
  await turn()
  suspects.leave('third')

  expect(await Promise.all(given)).toEqual([false, true])
  expect(struck).toEqual(['first', 'third'])
  expect(await enter('fourth', 1)).toBe(true)
  expect(entered).toEqual(['first', 'third', 'second', 'fourth'])
})
