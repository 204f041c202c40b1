import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { connectDatabase, type Database } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import pg from 'pg'
import { Webhook } from 'standardwebhooks'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createWorld, type Json, type World } from './world.js'

interface Received {
  headers: IncomingHttpHeaders
  raw: string
  body: Json
}

interface Receiver {
  url: string
  received: Received[]
  /** What it answers: a status, with headers, after a time. */
  answer: () => { status: number; headers?: Record<string, string>; afterMs?: number; body?: string }
}

let world: World
let db: Database
const servers: Server[] = []
beforeAll(async () => {
  world = await createWorld()
  db = connectDatabase({ url: world.database.engineUrl, poolMax: 2 })
})
afterEach(async () => {
  await db.webhookEndpoint.deleteMany({})
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})
afterAll(async () => {
  await db.$disconnect()
  await world.stop()
})

async function listen(): Promise<Receiver> {
  const receiver: Receiver = { url: '', received: [], answer: () => ({ status: 204 }) }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const raw = Buffer.concat(chunks).toString()
      receiver.received.push({ headers: request.headers, raw, body: JSON.parse(raw) as Json })
      const { status, headers = {}, afterMs = 0, body = '' } = receiver.answer()
      setTimeout(() => response.writeHead(status, headers).end(body), afterMs)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return receiver
}

const create = async (url: string, body: object = {}): Promise<Json> => {
  const { status, body: made } = await world.call('POST', '/v1/webhooks', { url, ...body })
  if (status !== 201) throw new Error(JSON.stringify(made))
  return made
}
const attempts = async (id: string): Promise<Json[]> =>
  (await world.call('GET', `/v1/webhooks/${id}/attempts`)).body['data'] as Json[]
const record = (count: number) =>
  db.event.createMany({
    data: Array.from({ length: count }, (_, index) => ({
      tenantId: tenantUuid,
      type: 'quota.warning',
      data: { quota: `number ${index}`, limit: 1, percent: 80 },
    })),
  })
let tenantUuid = ''
beforeAll(async () => {
  tenantUuid = (await db.tenant.findFirstOrThrow()).id
})

test('an event is sent as Standard Webhooks says, in the shape that the list has', async () => {
  const receiver = await listen()
  const { secret, id } = await create(receiver.url, { headers: { Authorization: 'Bearer of mine' }, types: ['user.*'] })
  await world.connect('told')

  const got = await eventually(
    () => receiver.received.find(({ body }) => body['type'] === 'user.connected'),
    (found) => found !== undefined,
  )
  const verified = new Webhook(secret as string).verify(got?.raw ?? '', got?.headers as Record<string, string>) as Json
  const listed = (await world.call('GET', '/v1/events?type=user.connected')).body['data'] as Json[]
  const { created_at: createdAt, ...event } = listed.at(-1) ?? {}

  expect(verified).toEqual({ ...event, timestamp: createdAt })
  expect(got?.headers).toMatchObject({
    'webhook-id': verified['id'],
    authorization: 'Bearer of mine',
    'content-type': 'application/json',
  })
  expect(receiver.received.map(({ body }) => body['type'])).toEqual(['user.connected'])
  const made = (await world.call('GET', `/v1/webhooks/${id}`)).body
  expect(made).toMatchObject({
    status: 'active',
    header_names: ['Authorization'],
    pending: 0,
    last_day: { success_rate: 1 },
  })
  expect(JSON.stringify(made)).not.toContain('of mine')
})

test('a test is sent to the one that is tested', async () => {
  const [one, other] = [await listen(), await listen()]
  const { id } = await create(one.url, { types: ['user.*'] })
  await create(other.url)

  const { status, body } = await world.call('POST', `/v1/webhooks/${id}/test`, {})

  expect(status).toBe(202)
  await eventually(() => one.received.length === 1)
  expect(one.received[0]?.body).toMatchObject({ id: body['event_id'], type: 'webhook.test', data: { webhook_id: id } })
  expect(other.received.filter(({ body: { type } }) => type === 'webhook.test')).toEqual([])
})

test('what fails is sent again with the same id, and every attempt is listed', async () => {
  const receiver = await listen()
  const { id } = await create(receiver.url, { types: ['webhook.test'] })
  let failures = 1
  receiver.answer = () => (failures-- > 0 ? { status: 500, body: 'x'.repeat(10_000) } : { status: 200, body: 'thanks' })
  await world.call('POST', `/v1/webhooks/${id}/test`, {})

  const all = await eventually(
    () => attempts(id as string),
    ({ length }) => length === 2,
  )

  expect(all).toMatchObject([
    { attempt: 2, outcome: 'taken', status: 200, answer: 'thanks', event_type: 'webhook.test' },
    { attempt: 1, outcome: 'failed', status: 500, answer: 'x'.repeat(4_096) },
  ])
  expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
})

test('an attempt shows the request: where it went, also where the URL has changed since, and the body', async () => {
  const [before, after] = [await listen(), await listen()]
  const { id } = await create(before.url, { types: ['webhook.test'] })
  await world.call('POST', `/v1/webhooks/${id}/test`, {})
  await eventually(
    () => attempts(id as string),
    ({ length }) => length === 1,
  )
  await world.call('PATCH', `/v1/webhooks/${id}`, { url: after.url })
  await world.call('POST', `/v1/webhooks/${id}/replay`, { event_id: before.received[0]?.body['id'] })

  const all = await eventually(
    () => attempts(id as string),
    ({ length }) => length === 2,
  )

  expect(all.map(({ request }) => request)).toEqual([
    { url: after.url, body: after.received[0]?.body },
    { url: before.url, body: before.received[0]?.body },
  ])
  const [ofOne] = (await world.call('GET', `/v1/webhooks/${id}/attempts?limit=1`)).body['data'] as Json[]
  expect(ofOne).toEqual(all[0])
  const { body: issued } = await world.call('POST', '/v1/keys', { name: 'of operations', scopes: ['webhooks:read'] })
  const authorization = `Bearer ${issued['key']}`
  const { body: seen } = await world.call('GET', `/v1/webhooks/${id}/attempts`, undefined, { authorization })
  expect((seen['data'] as Json[])[0]?.['request']).toEqual({ url: after.url, body: null })
})

test('a receiver that answers byte by byte is not waited for: its status says it all', async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write('.'), 200)
    response.on('close', () => clearInterval(timer))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  const { id } = await create(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
  await world.call('POST', `/v1/webhooks/${id}/test`, {})

  const [attempt] = await eventually(
    () => attempts(id as string),
    ({ length }) => length === 1,
  )
  expect(attempt).toMatchObject({ outcome: 'taken', status: 200, answer: expect.stringMatching(/^\.+$/) })
})

test('what comes before the answer is not taken for it', async () => {
  const server = createServer((_request, response) => {
    response.writeProcessing()
    setTimeout(() => response.writeHead(204).end(), 3_000)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  servers.push(server)
  const { id } = await create(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, {
    types: ['webhook.test'],
  })
  await world.call('POST', `/v1/webhooks/${String(id)}/test`, {})

  const [attempt] = await eventually(
    () => attempts(id as string),
    ({ length }) => length > 0,
  )
  expect(attempt).toMatchObject({ outcome: 'taken', status: 204 })
})

test('a redirect is not followed, and one that is gone is sent nothing any more', async () => {
  const [redirecting, gone] = [await listen(), await listen()]
  redirecting.answer = () => ({ status: 302, headers: { location: 'http://169.254.169.254/' } })
  const { id } = await create(redirecting.url)
  await world.call('POST', `/v1/webhooks/${id}/test`, {})
  await eventually(
    () => attempts(id as string),
    ([attempt]) => attempt?.['status'] === 302,
  )
  const { status } = (await world.call('GET', `/v1/webhooks/${id}`)).body
  expect(status).toBe('failing')

  gone.answer = () => ({ status: 410 })
  const other = await create(gone.url)
  await world.call('POST', `/v1/webhooks/${other['id']}/test`, {})
  const disabled = await eventually(
    async () => (await world.call('GET', `/v1/webhooks/${other['id']}`)).body,
    (webhook) => webhook['status'] === 'disabled',
  )
  expect(disabled).toMatchObject({ disabled_reason: 'gone' })
  expect((await world.call('POST', `/v1/webhooks/${other['id']}/test`, {})).status).toBe(409)
  expect((await world.events('webhook.disabled')).at(-1)).toMatchObject({ reason: 'gone' })
})

test('one that is slow delays no other, and has no more requests at a time than it wants', async () => {
  const [slow, fast] = [await listen(), await listen()]
  let underWay = 0
  let most = 0
  slow.answer = () => {
    most = Math.max(most, ++underWay)
    setTimeout(() => underWay--, 3_000)
    return { status: 200, afterMs: 3_000 }
  }
  const { id: slowId } = await create(slow.url, { types: ['quota.warning'], concurrency: 2 })
  await create(fast.url, { types: ['quota.warning'] })
  const beganAtMs = performance.now()
  await record(40)

  await eventually(() => fast.received.length === 40)

  expect(performance.now() - beganAtMs).toBeLessThan(20_000)
  expect(slow.received.length).toBeLessThan(40)
  expect(most).toBeLessThanOrEqual(2)
  // What waits is stored, so that the log does not wait for it.
  await eventually(
    async () => (await world.call('GET', `/v1/webhooks/${slowId}`)).body['pending'] as number,
    (pending) => pending > 10,
  )
})

test('what happens while a tenant is suspended waits, and is sent when it may go on', async () => {
  const setSuspended = (action: 'suspend' | 'resume') =>
    world.call(
      'POST',
      `/admin/v1/tenants/${world.tenantId}/${action}`,
      {},
      { authorization: `Bearer ${world.adminKey}` },
    )
  const receiver = await listen()
  await create(receiver.url, { types: ['quota.warning'] })
  await setSuspended('suspend')
  await record(3)
  await eventually(async () => (await db.webhookDelivery.count()) === 3)
  expect(receiver.received).toEqual([])
  await setSuspended('resume')

  await eventually(() => receiver.received.length === 3)
  await eventually(async () => (await world.call('GET', '/v1/me')).status === 200)
})

test('for a day after its secret was replaced, requests carry both signatures, and again after the next time', async () => {
  const receiver = await listen()
  const made = await create(receiver.url)
  const replace = async () => (await world.call('POST', `/v1/webhooks/${made['id']}/rotate-secret`, {})).body['secret']
  const secrets = [made['secret'], await replace(), await replace()]
  await world.call('POST', `/v1/webhooks/${made['id']}/test`, {})
  await eventually(() => receiver.received.some(({ body }) => body['type'] === 'webhook.test'))
  const { raw = '', headers = {} } = receiver.received.find(({ body }) => body['type'] === 'webhook.test') ?? {}

  expect(new Set(secrets).size).toBe(3)
  for (const each of secrets) {
    expect(() => new Webhook(each as string).verify(raw, headers as Record<string, string>)).not.toThrow()
  }
})

test('what was missed is sent on demand, and only that', async () => {
  const receiver = await listen()
  // The events of the tests before are older than what is to be sent again.
  await new Promise((resolve) => setTimeout(resolve, 1_000))
  const since = new Date().toISOString()
  const { id } = await create(receiver.url, { types: ['quota.warning'] })
  await record(3)
  await eventually(() => receiver.received.length === 3)
  await world.call('PATCH', `/v1/webhooks/${id}`, { disabled: true })
  await record(4)
  await eventually(
    async () => (await world.call('GET', `/v1/events?type=quota.warning`)).body['data'] as Json[],
    (events) => events.filter(({ created_at: at }) => (at as string) > since).length >= 7,
  )
  // Time for the worker to pass them over: of that nothing tells.
  await new Promise((resolve) => setTimeout(resolve, 500))
  await world.call('PATCH', `/v1/webhooks/${id}`, { disabled: false })

  const missing = await world.call('POST', `/v1/webhooks/${id}/replay`, { since, missing_only: true })
  expect(missing).toMatchObject({ status: 202, body: { count: 4, is_complete: true } })
  await eventually(() => receiver.received.length === 7)
  const one = await world.call('POST', `/v1/webhooks/${id}/replay`, { event_id: receiver.received[0]?.body['id'] })
  expect(one.body).toMatchObject({ count: 1 })
  await eventually(() => receiver.received.length === 8)
  expect(new Set(receiver.received.map(({ body }) => body['id'])).size).toBe(7)
})

test('five days without one that is taken disable it, and it is told of before', async () => {
  const receiver = await listen()
  receiver.answer = () => ({ status: 500 })
  const { id } = await create(receiver.url, { types: ['webhook.test'] })
  const fail = async (daysAgo: number) => {
    await db.webhookEndpoint.updateMany({ data: { failingSince: new Date(Date.now() - daysAgo * 86_400_000) } })
    const attempts = async () =>
      ((await world.call('GET', `/v1/webhooks/${id}/attempts?limit=100`)).body['data'] as Json[]).length
    const before = await attempts()
    await world.call('POST', `/v1/webhooks/${id}/test`, {})
    // What came of it is to be on disk before the time is turned on.
    await eventually(attempts, (count) => count > before)
  }
  const warnings = async () => (await world.events('webhook.failing')).map(({ percent }) => percent as number)
  for (const daysAgo of [1, 2.6, 2.7, 3.6, 4.6]) await fail(daysAgo)
  await eventually(warnings, ({ length }) => length >= 3)
  expect(await warnings()).toEqual([50, 70, 90])

  // Nobody knows whether it failed in a silence of days.
  await db.webhookEndpoint.updateMany({ data: { failedAt: new Date(Date.now() - 2 * 86_400_000) } })
  await fail(40)
  expect((await world.call('GET', `/v1/webhooks/${id}`)).body).toMatchObject({ status: 'failing' })

  await fail(5.1)

  await eventually(
    async () => (await world.call('GET', `/v1/webhooks/${id}`)).body,
    ({ status, disabled_reason: reason, pending }) => status === 'disabled' && reason === 'failing' && pending === 0,
  )
})

test.each([
  [{ url: 'http://example.com/hook' }, '/url'],
  [{ url: 'https://10.0.0.1/hook' }, '/url'],
  [{ url: 'https://user:pass@example.com/' }, '/url'],
  [{ url: 'https://example.com/', headers: { Host: 'x' } }, '/headers/Host'],
  [{ url: 'https://example.com/', headers: { 'Webhook-Signature': 'x' } }, '/headers/Webhook-Signature'],
  [{ url: 'https://example.com/', headers: { X_Key: 'a' } }, '/headers/X_Key'],
  [{ url: 'https://example.com/', headers: { 'X-Key': { a: 1 } } }, '/headers/X-Key'],
  [{ url: 'https://example.com/', types: ['user'] }, '/types/0'],
])('%j is refused', async (body, pointer) => {
  const { status, body: problem } = await world.call('POST', '/v1/webhooks', body)

  expect([status, (problem['errors'] as Json[])[0]?.['pointer']]).toEqual([400, pointer])
})

test('a worker that is killed in the middle of 500 loses none, and what it had recorded is not sent again', async () => {
  await world.startWorker()
  const receiver = await listen()
  receiver.answer = () => ({ status: 200, afterMs: 100 })
  await create(receiver.url, { types: ['quota.warning'], concurrency: 20 })
  await record(500)
  await eventually(() => receiver.received.length > 100)
  await world.workers[0]?.stop('SIGKILL')
  expect(receiver.received.length).toBeLessThan(500)

  const ids = () => new Set(receiver.received.map(({ body }) => body['id'] as string))
  await eventually(() => ids().size === 500)
  // What was under way, and what was answered and not recorded yet.
  expect(receiver.received.length).toBeLessThanOrEqual(500 + 2 * 20)
})

test('a worker that stands still while another goes on sends nothing again that was recorded', async () => {
  const sender = world.workers.find(({ child }) => child.signalCode === null && child.exitCode === null)
  await world.startWorker()
  const receiver = await listen()
  receiver.answer = () => ({ status: 200, afterMs: 500 })
  await create(receiver.url, { types: ['quota.warning'], concurrency: 10 })
  await record(100)
  await eventually(() => receiver.received.length >= 20)
  sender?.child.kill('SIGSTOP')
  // Time for the other to take over: of that nothing tells.
  await new Promise((resolve) => setTimeout(resolve, 5_000))
  sender?.child.kill('SIGCONT')

  const ids = () => new Set(receiver.received.map(({ body }) => body['id'] as string))
  await eventually(() => ids().size === 100)
  await eventually(async () => (await db.webhookAttempt.count({ where: { outcome: 'taken' } })) >= 100)
  expect(receiver.received.length).toBeLessThanOrEqual(100 + 2 * 10)
})

test('a request whose outcome cannot be recorded just now is not made again', async () => {
  const receiver = await listen()
  const { id } = await create(receiver.url, { types: ['quota.warning'], concurrency: 5 })
  const owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
  await owner.query(`
    CREATE FUNCTION have_no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON webhook_attempts FOR EACH ROW EXECUTE FUNCTION have_no_room()`)
  await record(5)
  await eventually(() => receiver.received.length === 5)
  // Time for several looks, each of which would find them due: of that nothing tells.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  await owner.query('DROP TRIGGER no_room ON webhook_attempts')
  await owner.end()

  const made = await eventually(
    () => attempts(id as string),
    ({ length }) => length === 5,
  )
  expect(made.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 5 }, () => 'taken'))
  expect(receiver.received).toHaveLength(5)
})

test('with a webhook goes what waits for it, and what was tried', async () => {
  const receiver = await listen()
  receiver.answer = () => ({ status: 500 })
  const { id } = await create(receiver.url, { types: ['quota.*'] })
  await record(3)
  await eventually(
    () => attempts(id as string),
    ({ length }) => length >= 3,
  )

  const { status } = await world.call('DELETE', `/v1/webhooks/${id}`)

  expect(status).toBe(204)
  expect([await db.webhookDelivery.count(), await db.webhookAttempt.count()]).toEqual([0, 0])
})
