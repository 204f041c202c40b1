import { randomUUID } from 'node:crypto'
import { eventually, findFreePort } from '@tellwire/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './world.js'

let world: World
let owner: pg.Client
const ports: number[] = []

beforeAll(async () => {
  for (let count = 0; count < 2; count++) ports.push(await findFreePort())
  const [api, worker] = ports.map(String)
  world = await createWorld({
    env: { API_METRICS_PORT: api ?? '', METRICS_PORT: worker ?? '', TELEGRAM_TIMEOUT_SECONDS: '2' },
  })
  owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await world.stop()
})

/** Adds up what the processes have counted for a cause. */
async function counted(cause: string): Promise<number> {
  const counts = await Promise.all(
    ports.map(async (port) => {
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
      return Number(
        new RegExp(`^tellwire_deliveries_unknown_total\\{cause="${cause}"\\} (\\d+)$`, 'm').exec(text)?.[1] ?? 0,
      )
    }),
  )
  return counts.reduce((sum, count) => sum + count, 0)
}

/** A delivery of a lane that stands still, as a worker leaves it that died while it was sending. */
async function abandon(id: string): Promise<void> {
  await owner.query('UPDATE pending_deliveries SET claimed_by = $1', [randomUUID()])
  expect((await world.notification(id))['counts']).toEqual({ queued: 1 })
}

async function parkLane(isParked: boolean): Promise<void> {
  await owner.query('UPDATE lanes SET parked_reason = $1', [isParked ? 'test' : null])
  if (!isParked) return
  await eventually(
    async () => (await owner.query<{ held: string }>('SELECT count(holder) AS held FROM lanes')).rows[0]?.held,
    (held) => held === '0',
  )
}

async function expectUnknown(id: string, cause: string): Promise<void> {
  expect((await world.settled(id))['counts']).toEqual({ unknown: 1 })
  expect((await world.events('notification.unknown')).length).toBeGreaterThan(0)
  await eventually(
    () => counted(cause),
    (count) => count === 1,
  )
}

const once = { text: 'once at most', on_unknown: 'stop' }

test('an answer that was lost is counted', async () => {
  const person = await world.connect('a')
  await world.fault(person.id, { kind: 'timeout_after' })

  await expectUnknown(await world.tell('a', once), 'no_answer')
})

test('a worker that died while it was sending is counted', async () => {
  await world.connect('b')
  await parkLane(true)
  const id = await world.tell('b', once)
  await abandon(id)
  await owner.query('UPDATE pending_deliveries SET is_begun = true')
  await parkLane(false)

  await expectUnknown(id, 'worker_died')
})

test('a worker that died before it began to send is no reason not to send', async () => {
  await world.connect('waiting')
  await parkLane(true)
  const id = await world.tell('waiting', once)
  await abandon(id)
  await parkLane(false)

  expect((await world.settled(id))['counts']).toEqual({ sent: 1 })
})

test('one that expires while nobody knows of it is counted', async () => {
  await world.connect('c')
  await parkLane(true)
  const id = await world.tell('c', { text: 'in time', ttl: 3_600 })
  await abandon(id)
  await owner.query("UPDATE pending_deliveries SET expires_at = now() - interval '1 second'")

  await expectUnknown(id, 'expired')
  await parkLane(false)
})

test('one that is cancelled while nobody knows of it is counted', async () => {
  await world.connect('d')
  await parkLane(true)
  const id = await world.tell('d', 'never mind')
  await abandon(id)
  await world.call('POST', `/v1/notifications/${id}/cancel`)

  await expectUnknown(id, 'cancelled')
  await parkLane(false)
})

test('cancelled while it was in flight, and its worker died: it is not sent again', async () => {
  await world.connect('canceller')
  await parkLane(true)
  const id = await world.tell('canceller', 'not wanted any more')
  const turn = randomUUID()
  await owner.query('UPDATE pending_deliveries SET claimed_by = $1', [turn])
  await owner.query("UPDATE lanes SET holder = $1, lease_until = now() + interval '2 seconds'", [turn])

  expect((await world.call('POST', `/v1/notifications/${id}/cancel`)).body).toMatchObject({ in_flight: 1 })
  await parkLane(false)

  expect((await world.settled(id))['counts']).toEqual({ unknown: 1 })
  expect(await world.arrivalsOf('not wanted any more')).toEqual([])
})
