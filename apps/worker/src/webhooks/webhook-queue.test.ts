import type { DueWebhook, NewWebhook, WebhookEndpoint } from '@tellwire/db'
import { expect, test } from 'vitest'
import { createWebhookQueue, type NextWebhook, type WebhookQueue } from './webhook-queue.js'

const endpointOf = (id: string, given: Partial<WebhookEndpoint> = {}): WebhookEndpoint => ({
  tenantId: 'tenant',
  id,
  url: 'https://example.com/',
  headersSealed: null,
  secretSealed: Buffer.of(),
  previousSecretSealed: null,
  concurrency: 10,
  rate: null,
  ...given,
})

const eventOf = (id: string): DueWebhook['event'] => ({
  xid: '1',
  id,
  tenantId: 'tenant',
  type: 'link.used',
  data: {},
  createdAt: new Date(0),
})

const webhooksOf = (endpointId: string, count: number, from = 0): DueWebhook[] =>
  Array.from({ length: count }, (_, index) => ({
    id: `${endpointId} ${from + index}`,
    endpointId,
    eventId: String(from + index),
    attempts: 0,
    event: eventOf(String(from + index)),
  }))

const newOf = (endpointId: string, count: number, from = 0): NewWebhook[] =>
  Array.from({ length: count }, (_, index) => {
    const eventId = `${endpointId} new ${from + index}`
    return { id: undefined, endpointId, eventId, attempts: 0, event: eventOf(eventId) }
  })

/** As if the database had the endpoints, and nothing more for them. */
function readEndpoints(queue: WebhookQueue, endpoints: readonly WebhookEndpoint[]): void {
  queue.add(queue.findRooms(), endpoints, [])
}

/** As if the database had so many for each endpoint that it is asked for. */
function fill(queue: WebhookQueue, endpoints: readonly WebhookEndpoint[], waiting: ReadonlyMap<string, number>): void {
  queue.want(endpoints.map(({ tenantId, id }) => ({ tenantId, endpointId: id })))
  const rooms = queue.findRooms()
  const found = rooms.flatMap(({ endpointId, count }) =>
    webhooksOf(endpointId, Math.min(count, waiting.get(endpointId) ?? 0)),
  )
  queue.add(rooms, endpoints, found)
}

function takeAll(queue: WebhookQueue): NextWebhook[] {
  const taken: NextWebhook[] = []
  for (let next = queue.next(); next; next = queue.next()) taken.push(next)
  return taken
}

const idsOf = (taken: readonly NextWebhook[]) => taken.map(({ webhook }) => webhook.id)

test('endpoints take turns, and no more of one is under way than it wants', () => {
  const queue = createWebhookQueue(() => 0)
  const endpoints = [endpointOf('one', { concurrency: 2 }), endpointOf('two', { concurrency: 1 })]
  fill(queue, endpoints, new Map(endpoints.map(({ id }) => [id, 5])))

  const first = takeAll(queue)
  expect(idsOf(first)).toEqual(['one 0', 'two 0', 'one 1'])

  for (const next of first.slice(0, 1)) queue.answered(next, false)
  expect(idsOf(takeAll(queue))).toEqual(['one 2'])
})

test('what is known is told of, until it is settled', () => {
  const queue = createWebhookQueue(() => 0)
  fill(queue, [endpointOf('one', { concurrency: 1 })], new Map([['one', 2]]))
  const [first] = takeAll(queue)
  expect(queue.heldIds().toSorted()).toEqual(['one 0', 'one 1'])

  if (first) queue.answered(first, false)
  expect(queue.heldIds().toSorted()).toEqual(['one 0', 'one 1'])
  if (first) queue.settled(first)
  expect(queue.heldIds()).toEqual(['one 1'])
})

test('of what is not recorded no more is sent than is read ahead', () => {
  const queue = createWebhookQueue(() => 0)
  const endpoint = endpointOf('one', { concurrency: 1 })
  const sent: NextWebhook[] = []
  for (let round = 0; round < 20; round++) {
    queue.want([{ tenantId: 'tenant', endpointId: 'one' }])
    const rooms = queue.findRooms()
    queue.add(
      rooms,
      [endpoint],
      rooms.flatMap(({ count }) => webhooksOf('one', count, 100 * round)),
    )
    for (const next of takeAll(queue)) {
      sent.push(next)
      queue.answered(next, false)
    }
  }
  const unrecorded = sent.length
  for (const next of sent) queue.settled(next)

  expect(unrecorded).toBe(8)
  expect(takeAll(queue)).toHaveLength(1)
})

test('tenants whose endpoints never answer leave room for others', () => {
  const queue = createWebhookQueue(() => 0)
  for (let tenant = 0; tenant < 5; tenant++) {
    const slow = Array.from({ length: 10 }, (_, index) =>
      endpointOf(`slow ${tenant} ${index}`, { tenantId: `slow ${tenant}`, concurrency: 50 }),
    )
    fill(queue, slow, new Map(slow.map(({ id }) => [id, 50])))
    takeAll(queue)
  }
  fill(queue, [endpointOf('other', { concurrency: 5 })], new Map([['other', 5]]))

  expect(takeAll(queue)).toHaveLength(5)
})

test('an endpoint with a rate is sent to at that rate', () => {
  let nowMs = 0
  const queue = createWebhookQueue(() => nowMs)
  fill(queue, [endpointOf('one', { rate: 10 })], new Map([['one', 8]]))

  const counts = [0, 50, 100, 150, 200].map((atMs) => {
    nowMs = atMs
    return takeAll(queue).length
  })

  expect(counts).toEqual([1, 0, 1, 0, 1])
  expect(queue.pauseMs()).toBe(100)
})

test('what was read a while ago is read anew before it is sent', () => {
  let nowMs = 0
  const queue = createWebhookQueue(() => nowMs)
  fill(queue, [endpointOf('one')], new Map([['one', 3]]))
  nowMs = 3_000

  expect(takeAll(queue)).toEqual([])
  expect(queue.isLow()).toBe(true)
  expect(queue.findRooms()).toMatchObject([{ endpointId: 'one' }])
})

test('an endpoint that nothing may be sent to any more gets nothing that waited for it', () => {
  const queue = createWebhookQueue(() => 0)
  const endpoint = endpointOf('one', { concurrency: 1 })
  fill(queue, [endpoint], new Map([['one', 8]]))
  const [first] = takeAll(queue)
  if (first) {
    queue.answered(first, true)
    queue.settled(first)
  }
  expect(takeAll(queue)).toEqual([])

  const room = { tenantId: 'tenant', endpointId: 'one', count: 1 }
  queue.add([room], [], webhooksOf('one', 1, 8))
  expect([takeAll(queue), queue.heldIds()]).toEqual([[], []])
})

test('more is read for an endpoint when half of what was read is sent', () => {
  const queue = createWebhookQueue(() => 0)
  const endpoint = endpointOf('one', { concurrency: 4 })
  fill(queue, [endpoint], new Map([['one', 8]]))
  expect(queue.isLow()).toBe(false)

  const taken = takeAll(queue)
  for (const next of taken) {
    queue.answered(next, false)
    queue.settled(next)
  }

  expect(taken).toHaveLength(4)
  expect(queue.isLow()).toBe(true)
  // Eight times what may be under way, less what waits.
  expect(queue.findRooms()).toEqual([{ tenantId: 'tenant', endpointId: 'one', count: 28 }])
})

const eventIdsOf = (webhooks: readonly { eventId: string }[]): string[] => webhooks.map(({ eventId }) => eventId)

test('what is new is sent in its order, once its endpoint is read', () => {
  const queue = createWebhookQueue(() => 0)
  queue.offer(newOf('one', 3))
  expect(takeAll(queue)).toEqual([])
  expect(queue.findRooms()).toEqual([{ tenantId: 'tenant', endpointId: 'one', count: 0 }])

  readEndpoints(queue, [endpointOf('one')])
  const taken = takeAll(queue)

  expect(eventIdsOf(taken.map(({ webhook }) => webhook))).toEqual(['one new 0', 'one new 1', 'one new 2'])
  expect([queue.heldIds(), queue.takeLeft()]).toEqual([[], []])
})

test('what is new and waits for a second is to be stored, and what follows it too, until nothing is stored', () => {
  let nowMs = 0
  const queue = createWebhookQueue(() => nowMs)
  const endpoint = endpointOf('one', { concurrency: 1 })
  queue.offer(newOf('one', 3))
  readEndpoints(queue, [endpoint])
  const [first] = takeAll(queue)

  nowMs = 1_500
  expect(eventIdsOf(queue.takeLeft())).toEqual(['one new 1', 'one new 2'])
  queue.offer(newOf('one', 1, 3))
  expect(eventIdsOf(queue.takeLeft())).toEqual(['one new 3'])

  if (first) queue.answered(first, false)
  fill(queue, [endpoint], new Map([['one', 0]]))
  queue.offer(newOf('one', 1, 4))
  expect(queue.takeLeft()).toEqual([])
})

test('one endpoint takes half of the room for what is new, and there is room for another', () => {
  const queue = createWebhookQueue(() => 0)
  queue.offer(newOf('one', 10_000))
  const left = queue.takeLeft()
  expect(left.length).toBeGreaterThan(5_000)

  queue.offer(newOf('other', 100))
  expect(queue.takeLeft()).toEqual([])
})

test('what is new for an endpoint that nothing may be sent to is to be stored', () => {
  const queue = createWebhookQueue(() => 0)
  queue.offer(newOf('one', 2))
  readEndpoints(queue, [])

  expect(eventIdsOf(queue.takeLeft())).toEqual(['one new 0', 'one new 1'])
})

test('an endpoint that was read a while ago is read anew before more is sent', () => {
  let nowMs = 0
  const queue = createWebhookQueue(() => nowMs)
  queue.offer(newOf('one', 1))
  readEndpoints(queue, [endpointOf('one')])
  takeAll(queue)
  nowMs = 3_000

  queue.offer(newOf('one', 1, 1))
  expect(takeAll(queue)).toEqual([])
  readEndpoints(queue, [endpointOf('one', { url: 'https://example.org/' })])
  expect(takeAll(queue)).toMatchObject([{ endpoint: { url: 'https://example.org/' } }])
})

test('a rate is kept to also where nothing waits in between', () => {
  let nowMs = 10_000
  const queue = createWebhookQueue(() => nowMs)
  const endpoint = endpointOf('one', { rate: 2 })
  const counts = [0, 1, 2, 3].map((number) => {
    queue.offer(newOf('one', 1, number))
    readEndpoints(queue, [endpoint])
    const taken = takeAll(queue)
    for (const next of taken) {
      queue.answered(next, false)
      queue.settled(next)
    }
    queue.takeLeft()
    nowMs += 250
    return taken.length
  })

  expect(counts).toEqual([1, 0, 1, 0])
})

test('what is under way is taken a second time neither from the log nor from its row', () => {
  const queue = createWebhookQueue(() => 0)
  const endpoint = endpointOf('one', { concurrency: 2 })
  queue.offer(newOf('one', 1))
  readEndpoints(queue, [endpoint])
  const [first] = takeAll(queue)
  queue.clear()

  queue.offer(newOf('one', 1))
  const row = { id: 'row', endpointId: 'one', eventId: 'one new 0', attempts: 0, event: eventOf('one new 0') }
  queue.add([{ tenantId: 'tenant', endpointId: 'one', count: 5 }], [endpoint], [row])
  expect([takeAll(queue), queue.takeLeft()]).toEqual([[], []])

  if (first) queue.answered(first, false)
  if (first) queue.settled(first)
  queue.offer(newOf('one', 1))
  expect(takeAll(queue)).toHaveLength(1)
})

test('an endpoint that asks for a pause is sent nothing until it is over, and no other waits for it', () => {
  let nowMs = 0
  const queue = createWebhookQueue(() => nowMs)
  const endpoints = [endpointOf('one', { concurrency: 1 }), endpointOf('two', { concurrency: 1 })]
  fill(queue, endpoints, new Map(endpoints.map(({ id }) => [id, 3])))
  const [one, two] = takeAll(queue)
  if (!one || !two) throw new Error('nothing was taken')

  queue.answered(one, false, 1_500)
  queue.answered(two, false)

  expect(idsOf(takeAll(queue))).toEqual(['two 1'])
  expect(queue.pauseMs()).toBe(1_500)
  nowMs = 1_499
  expect(takeAll(queue)).toEqual([])
  nowMs = 1_500
  expect(idsOf(takeAll(queue))).toEqual(['one 1'])
})
