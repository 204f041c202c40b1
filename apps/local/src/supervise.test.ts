import { expect, test } from 'vitest'
import { eventually } from '@tellwire/testing'
import type { Child } from './child-process.js'
import { supervise } from './supervise.js'

/** Programs that end when they are told to. */
function createPrograms(ready: Promise<void> = Promise.resolve()) {
  const ends: (() => void)[] = []
  const restarted: number[] = []
  ready.catch(() => undefined)
  const start = (): Child => {
    let end: () => void = () => undefined
    const ended = new Promise<void>((resolve) => {
      end = resolve
    })
    ends.push(end)
    return {
      name: 'worker',
      pid: ends.length,
      ready,
      ended,
      stop: async () => end(),
    }
  }
  return { ends, restarted, child: supervise(start, ({ pid }) => restarted.push(pid)) }
}

test('starts again what has ended by itself', async () => {
  const { child, ends, restarted } = createPrograms()
  ends[0]?.()
  await eventually(() => restarted.length === 1)

  expect(child.pid).toBe(2)
  await child.stop()
  await child.ended
  expect(restarted).toEqual([2])
})

test('gives up on what ends again and again', async () => {
  const { child, ends } = createPrograms()
  let isOver = false
  void child.ended.then(() => (isOver = true))
  await eventually(() => {
    ends.at(-1)?.()
    return isOver
  })

  expect(ends.length).toBe(11)
})

test('does not start again what never was at work', async () => {
  const { child, ends, restarted } = createPrograms(Promise.reject(new Error('no')))
  ends[0]?.()
  await child.ended

  expect(restarted).toEqual([])
})
