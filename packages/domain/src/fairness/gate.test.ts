import { expect, test } from 'vitest'
import { createGate } from './gate.js'

/** Work that goes on until it is told to end. */
function createWork() {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      begun.push(name)
      ends.push(() => resolve(name))
    })
  return { begun, ends, work }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('lets owners take turns, and nobody run more than may be', async () => {
  const gate = createGate({ runningMax: 3, runningOfOwnerMax: 2, waitingOfOwnerMax: 10 })
  const { begun, ends, work } = createWork()

  const all = ['a1', 'a2', 'a3', 'a4', 'b1', 'b2', 'c1'].map((name) => gate.pass(name.slice(0, 1), work(name)))
  await turn()
  expect(begun).toEqual(['a1', 'a2', 'b1'])

  while (ends.length > 0) {
    ends.shift()?.()
    await turn()
  }
  expect(begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'c1', 'a4'])
  expect(await Promise.all(all)).toHaveLength(7)
})

test('refuses whose line is full, and nobody else', async () => {
  const gate = createGate({ runningMax: 2, runningOfOwnerMax: 1, waitingOfOwnerMax: 1 })
  const { begun, work } = createWork()
  void gate.pass('a', work('a1'))
  void gate.pass('a', work('a2'))

  await expect(gate.pass('a', work('a3'))).rejects.toMatchObject({ code: 'too_many_at_once' })
  void gate.pass('b', work('b1'))
  await turn()
  expect(begun).toEqual(['a1', 'b1'])
})

test('goes on after work that failed', async () => {
  const gate = createGate({ runningMax: 1, runningOfOwnerMax: 1, waitingOfOwnerMax: 1 })

  const failing = gate.pass('a', () => Promise.reject(new Error('no')))
  const following = gate.pass('a', async () => 'yes')

  await expect(failing).rejects.toThrow('no')
  await expect(following).resolves.toBe('yes')
})
