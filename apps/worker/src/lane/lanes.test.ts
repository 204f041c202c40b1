import type { ClaimedDelivery } from '@tellwire/db'
import { expect, test } from 'vitest'
import { createLanes } from './lanes.js'
import type { QueuedDelivery } from './send-queue.js'

const delivery = (notificationId: string, connectionId = 'c') =>
  ({ kind: 'notification', notificationId, connectionId }) as ClaimedDelivery
const reply = { kind: 'reply' } as ClaimedDelivery

test('gives back what is queued, by notification or by connection', () => {
  const lanes = createLanes()
  const queued = [delivery('n1'), delivery('n2', 'd'), reply] as QueuedDelivery[]
  const given: string[][] = []
  lanes.open('bot', {
    wake: () => undefined,
    withdraw: (isWanted) =>
      void given.push(
        queued.filter(isWanted).map((each) => ('notificationId' in each ? each.notificationId : 'reply')),
      ),
  })

  lanes.withdraw('n1')
  lanes.withdraw('d')
  lanes.withdraw('nobody')

  expect(given).toEqual([['n1'], ['n2'], []])
})

test('what a claim took before that, and nobody has queued yet, is withdrawn too; what is claimed later is not', () => {
  const lanes = createLanes()
  const before = performance.now()

  expect(lanes.wasWithdrawn(delivery('n1'), before)).toBe(false)
  lanes.withdraw('n1')
  const after = performance.now() + 1

  expect(lanes.wasWithdrawn(delivery('n1'), before)).toBe(true)
  expect(lanes.wasWithdrawn(delivery('n2'), before)).toBe(false)
  expect(lanes.wasWithdrawn(delivery('n1'), after)).toBe(false)
  expect(lanes.wasWithdrawn(reply, before)).toBe(false)
})

test('forgets what was withdrawn long ago, and takes what was claimed before that for withdrawn', () => {
  const lanes = createLanes()
  const claimedAtMs = performance.now()
  lanes.withdraw('n1')

  lanes.sweep(performance.now() + 121_000)

  expect(lanes.wasWithdrawn(delivery('n1'), claimedAtMs)).toBe(false)
  expect(lanes.wasWithdrawn(delivery('n2'), claimedAtMs - 121_000)).toBe(true)
})

test('a process lets lanes go that are clearly more than its part, each once, and takes others while it has less', () => {
  const lanes = createLanes()
  const turn = { wake: () => undefined, withdraw: () => undefined }
  for (let bot = 0; bot < 20; bot++) lanes.open(`bot ${bot}`, turn)
  expect([lanes.takeSurplus(), lanes.hasRoom()]).toEqual([false, true])

  lanes.setPart(10)
  const asked = Array.from({ length: 20 }, () => lanes.takeSurplus())
  // A tenth and one more are no reason to let anything go.
  expect(asked.filter((isOver) => isOver)).toHaveLength(8)
  expect(lanes.hasRoom()).toBe(false)

  for (let bot = 0; bot < 11; bot++) lanes.close(`bot ${bot}`)
  lanes.setPart(10)
  expect([lanes.takeSurplus(), lanes.hasRoom()]).toEqual([false, true])
})
