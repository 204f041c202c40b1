import { expect, test } from 'vitest'
import { createCallSlots } from './call-slots.js'

test('tells one who waits when a slot is free again', () => {
  const slots = createCallSlots(1)
  const called: string[] = []
  const [first, second] = [() => void called.push('first'), () => void called.push('second')]

  expect(slots.take(first)).toBe(true)
  expect([slots.take(first), slots.take(second)]).toEqual([false, false])
  slots.giveBack()

  expect(called).toEqual(['first'])
  expect([slots.isWaiting(first), slots.isWaiting(second)]).toEqual([false, true])
  expect(slots.take(second)).toBe(true)
})
