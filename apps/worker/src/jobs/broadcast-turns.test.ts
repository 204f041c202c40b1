import { eventually } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { createBroadcastTurns } from './broadcast-turns.js'

const key = (tenantId: string, number: number) => ({ tenantId, notificationId: `${tenantId}${number}` })

test('a tenant with many broadcasts leaves every other turn to another with one', async () => {
  const turns = createBroadcastTurns(() => undefined)
  const done: string[] = []
  const stepsOf = (tenantId: string, count: number) => {
    let left = count
    return async () => {
      await new Promise((resolve) => setImmediate(resolve))
      done.push(tenantId)
      return --left > 0
    }
  }
  for (let number = 0; number < 50; number++) turns.add(key('a', number), stepsOf('a', 3))
  turns.add(key('b', 0), stepsOf('b', 5))

  await eventually(() => done.length === 155)

  expect(done.slice(0, 30).filter((tenantId) => tenantId === 'b')).toHaveLength(5)
})

test('what is asked for while it is gone on with is gone on with again, and a failure ends only its own', async () => {
  const failures: unknown[] = []
  const turns = createBroadcastTurns((error) => failures.push(error))
  let steps = 0
  const step = async () => {
    steps++
    if (steps === 1) turns.add(key('a', 0), step)
    await new Promise((resolve) => setImmediate(resolve))
    return false
  }
  turns.add(key('a', 0), step)
  turns.add(key('a', 1), () => Promise.reject(new Error('no')))

  await eventually(() => steps >= 2 && failures.length >= 1)
  await turns.close()
  expect([steps, failures.length]).toEqual([2, 1])
})
