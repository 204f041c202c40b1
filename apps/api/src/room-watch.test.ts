import { expect, test } from 'vitest'
import { createRoomWatch } from './room-watch.js'

test('a database without room is remembered for a while', () => {
  let nowMs = 0
  const room = createRoomWatch(() => nowMs)
  room.note(new Error('something else'))
  expect(room.isFull()).toBe(false)

  room.note({ meta: { driverAdapterError: { cause: { originalCode: '53100' } } } })
  nowMs = 14_000
  expect(room.isFull()).toBe(true)
  nowMs = 16_000
  expect(room.isFull()).toBe(false)
})
