import { eventually, findRedisServer, isLongRun, mostInWindow } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Backend, connectMany, type World, createWorld } from './world.js'

const backends: Backend[] = isLongRun ? ['postgres', 'redis'] : findRedisServer() ? ['redis'] : ['postgres']

async function tellAll(world: World, userIds: string[], text: (userId: string) => string): Promise<void> {
  await Promise.all(userIds.map((userId) => world.tell(userId, text(userId))))
}

describe.each(backends)('with the queue on %s', (backend) => {
  let world: World
  let userIds: string[]
  beforeAll(async () => {
    world = await createWorld({ backend })
    userIds = await connectMany(world, 300)
  }, 300_000)
  afterAll(() => world.stop())

  test('300 notifications to 300 chats arrive without a 429, never more than 30 in a sliding second', async () => {
    const before = (await world.requests()).at(-1)?.['seq'] ?? 0
    await tellAll(world, userIds, (userId) => `paced ${userId}`)

    const own = await eventually(
      async () =>
        (await world.requests()).filter((request) => request['seq'] > before && request['text'].startsWith('paced ')),
      (requests) =>
        new Set(requests.filter((request) => request['accepted']).map((request) => request['text'])).size === 300,
    )

    expect(own.filter((request) => request['status'] === 429)).toEqual([])
    expect(own).toHaveLength(300)
    expect(
      mostInWindow(
        own.map((request) => request['at_ms']),
        1_000,
      ),
    ).toBeLessThanOrEqual(30)
  })

  test('a worker that is killed in the middle loses nothing, and repeats no more than was in flight', async () => {
    const targets = userIds.slice(0, 200)
    const [worker] = world.workers.slice(-1)
    await tellAll(world, targets, (userId) => `killed ${userId}`)
    const arrived = async () =>
      (await world.requests()).filter((request) => request['accepted'] && request['text']?.startsWith('killed '))
    await eventually(arrived, (requests) => requests.length >= 60)

    await worker?.stop('SIGKILL')
    await world.startWorker()

    const requests = await eventually(arrived, (all) => new Set(all.map((request) => request['text'])).size === 200)
    expect(requests.length - 200).toBeLessThanOrEqual(30)
    expect(
      mostInWindow(
        requests.map((request) => request['at_ms']),
        1_000,
      ),
    ).toBeLessThanOrEqual(30)
    await eventually(
      async () => (await world.call('GET', '/v1/notifications?status=in_progress')).body['data'].length,
      (open) => open === 0,
    )
  })

  test('a worker that is asked to stop hands over without repeating anything', async () => {
    const targets = userIds.slice(0, 100)
    const [worker] = world.workers.slice(-1)
    await tellAll(world, targets, (userId) => `handed over ${userId}`)
    const arrived = async () =>
      (await world.requests()).filter((request) => request['accepted'] && request['text']?.startsWith('handed over '))
    await eventually(arrived, (requests) => requests.length >= 35)

    expect(await worker?.stop('SIGTERM')).toBe(0)
    await world.startWorker()

    await eventually(arrived, (all) => new Set(all.map((request) => request['text'])).size === 100)
    await eventually(
      async () => (await world.call('GET', '/v1/notifications?status=in_progress')).body['data'].length,
      (open) => open === 0,
    )
    expect(await arrived()).toHaveLength(100)
  })

  test('messages to one chat leave in order, a second apart', async () => {
    const [userId = ''] = userIds
    for (let index = 0; index < 4; index++) await world.tell(userId, `ordered ${index}`)

    const requests = await eventually(
      async () => (await world.requests()).filter((request) => request['text']?.startsWith('ordered ')),
      (all) => all.length === 4,
    )

    expect(requests.map((request) => request['text'])).toEqual(['ordered 0', 'ordered 1', 'ordered 2', 'ordered 3'])
    expect(requests.every((request) => request['accepted'])).toBe(true)
  })
})
