import { expect, test } from 'vitest'
import { createCallSlots } from './call-slots.js'

test('tells one who waits when a slot is free again', () => {
  const slots = createCallSlots(1)
  const called: string[] = []
  const [first, second] = [() => void called.push('first'), () => void called.push('second')]

  expect(slots.take(first, 0)).toBe(true)
  expect([slots.take(first, 1), slots.take(second, 0)]).toEqual([false, false])
  slots.giveBack()

  expect(called).toEqual(['first'])
  expect([slots.isWaiting(first), slots.isWaiting(second)]).toEqual([false, true])
  expect(slots.take(second, 0)).toBe(true)
})

test('lanes whose calls hang leave slots for another', () => {
  const slots = createCallSlots(300)
  const takeAll = (): number => {
    let taken = 0
    while (slots.take(() => undefined, taken)) taken++
    return taken
  }

  expect([takeAll(), takeAll(), takeAll()]).toEqual([200, 67, 22])
  expect(slots.areTaken()).toBe(false)
})

test('a slot that comes free is offered to one whom it is for', () => {
  const slots = createCallSlots(3)
  const called: string[] = []
  const [greedy, modest] = [() => void called.push('greedy'), () => void called.push('modest')]
  for (const openCalls of [0, 1]) expect(slots.take(greedy, openCalls)).toBe(true)
  expect(slots.take(greedy, 2)).toBe(false)
  expect([slots.take(modest, 0), slots.take(modest, 1)]).toEqual([true, false])

  slots.giveBack()

  expect(called).toEqual(['modest'])
})
