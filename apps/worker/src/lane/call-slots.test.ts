import { expect, test, vi } from 'vitest'
import { createCallSlots } from './call-slots.js'

test('tells one who waits when a slot is free again', () => {
  const slots = createCallSlots(1)
  const [first, second] = [vi.fn(), vi.fn()]

  expect(slots.take(first)).toBe(true)
  expect([slots.take(first), slots.take(second)]).toEqual([false, false])
  slots.giveBack()

  expect([first.mock.calls.length, second.mock.calls.length]).toEqual([1, 0])
  expect(slots.take(second)).toBe(true)
})
