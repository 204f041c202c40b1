import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKey, scopes } from '@tellwire/domain'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Json, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

const admin = () => ({ authorization: `Bearer ${world.adminKey}` })
const asAdmin = (method: string, path: string, body?: unknown) => world.call(method, path, body, admin())

/** How often each type of event stands in the log. */
async function countEvents(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  let after = 'start'
  for (;;) {
    const { body } = await world.call('GET', `/v1/events?limit=1000&after=${after}`)
    const events = body['data'] as { type: string }[]
    if (events.length === 0) return counts
    for (const { type } of events) counts[type] = (counts[type] ?? 0) + 1
    after = body['next_cursor'] as string
  }
}

test('usage is what happened, each thing once, however many workers sum it up', async () => {
  await world.startWorker()
  const person = await world.connect('customer')
  for (let index = 0; index < 5; index++) await world.settled(await world.tell('customer', `Number ${index}`))
  await person.say('thanks')
  await eventually(
    () => world.events('message.received'),
    ({ length }) => length === 1,
  )
  const happened = await countEvents()
  expect(happened).toMatchObject({ 'notification.accepted': 5, 'notification.sent': 5, 'message.received': 1 })

  const usage = await eventually(
    async () => (await world.call('GET', '/v1/usage?by=total')).body['data'] as Json[],
    ([total]) => JSON.stringify(total?.['counts']) === JSON.stringify(sorted(happened)),
  )
  expect(usage).toEqual([{ period: 'total', counts: happened }])
  const today = new Date().toISOString().slice(0, 10)
  const byDay = (await world.call('GET', '/v1/usage')).body['data'] as Json[]
  expect(byDay.at(-1)).toEqual({ period: today, counts: happened })
  const csv = await fetch(`${world.api}/v1/usage.csv?by=month`, { headers: { authorization: `Bearer ${world.key}` } })
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8')
  expect(await csv.text()).toMatch(
    new RegExp(`^tenant_id,period,kind,count\r\n(.*\r\n)*ten_\\w+,${today.slice(0, 7)},notification\\.sent,5\r\n`),
  )
})

const sorted = (counts: Record<string, number>) =>
  Object.fromEntries(Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1)))

test.each([
  ['from=2026-02-31', '/from'],
  ['from=yesterday', '/from'],
  ['from=2026-03-01&to=2026-02-01', '/from'],
  ['from=2000-01-01&to=2026-01-01', '/from'],
  ['by=week', '/by'],
])('usage of %s is refused', async (query, pointer) => {
  const { status, body } = await world.call('GET', `/v1/usage?${query}`)

  expect(status).toBe(400)
  expect(body['errors']).toMatchObject([{ pointer }])
})

test('an operator does everything over HTTP: tenant, key, limit, use, rotate, suspend, resume, audit', async () => {
  const { body: tenant } = await asAdmin('POST', '/admin/v1/tenants', { name: 'Story Ltd' })
  const path = `/admin/v1/tenants/${tenant['id']}`
  const scopes = ['users:read', 'users:write', 'audit:read', 'usage:read', 'links:write']
  const { body: issued } = await asAdmin('POST', `${path}/keys`, { name: 'backend', scopes })
  const as = (key: Json) => ({ authorization: `Bearer ${key['key']}` })
  const call = async (key: Json, method: string, url: string, body?: unknown) =>
    (await world.call(method, url, body, as(key))).status

  expect((await asAdmin('GET', `/admin/v1/tenants?q=STORY`)).body['data']).toMatchObject([{ id: tenant['id'] }])
  await asAdmin('PATCH', path, { limits: { users: 1 } })
  await eventually(
    async () => (await world.call('GET', '/v1/users', undefined, as(issued))).status,
    (status) => status === 200,
  )
  expect(await call(issued, 'PUT', '/v1/users/one', {})).toBe(201)
  await eventually(
    () => call(issued, 'PUT', '/v1/users/two', {}),
    (status) => status === 422,
  )

  const { body: rotated } = await asAdmin('POST', `${path}/keys/${issued['id']}/rotate`, { overlap: 0 })
  await eventually(
    () => call(issued, 'GET', '/v1/users'),
    (status) => status === 401,
  )
  expect(await call(rotated, 'GET', '/v1/users')).toBe(200)
  await asAdmin('POST', `${path}/suspend`)
  await eventually(
    () => call(rotated, 'GET', '/v1/users'),
    (status) => status === 403,
  )
  await asAdmin('POST', `${path}/resume`)
  await eventually(
    () => call(rotated, 'GET', '/v1/users'),
    (status) => status === 200,
  )

  const { body: audit } = await asAdmin('GET', `/admin/v1/audit?tenant_id=${tenant['id']}`)
  expect((audit['data'] as Json[]).map(({ action }) => action)).toEqual([
    'tenant.resumed',
    'tenant.suspended',
    'key.rotated',
    'tenant.changed',
    'key.issued',
    'tenant.created',
  ])
  const verdict = await eventually(
    async () => (await asAdmin('GET', '/admin/v1/audit/verify')).body,
    ({ unsealed }) => unsealed === 0,
  )
  expect(verdict).toMatchObject({ is_intact: true, fault: null })
  const { body: usage } = await asAdmin('GET', '/admin/v1/usage?by=total')
  expect((usage['data'] as Json[]).some(({ counts }) => counts['notification.sent'] === 5)).toBe(true)
})

test('within a second another process lets in neither a revoked key nor a suspended tenant', async () => {
  const other = await world.startApi()
  const { body: tenant } = await asAdmin('POST', '/admin/v1/tenants', { name: 'Elsewhere' })
  const path = `/admin/v1/tenants/${tenant['id']}`
  const issue = async () =>
    (await asAdmin('POST', `${path}/keys`, { name: 'k', scopes: ['notifications:read'] })).body as {
      id: string
      key: string
    }
  const [revoked, kept] = [await issue(), await issue()]
  const statusOf = async ({ key }: { key: string }) =>
    (await fetch(`${other}/v1/me`, { headers: { authorization: `Bearer ${key}` } })).status
  // Both are known to it by now.
  expect([await statusOf(revoked), await statusOf(kept)]).toEqual([200, 200])

  /** Asks all the time, as somebody would who has got hold of a key. @returns after how long the answer was another, in milliseconds. */
  const changesAfterMs = async (key: { key: string }, wanted: number): Promise<number> => {
    const beganAt = performance.now()
    await eventually(
      () => statusOf(key),
      (status) => status === wanted,
    )
    return performance.now() - beganAt
  }
  await asAdmin('DELETE', `${path}/keys/${revoked.id}`)
  const revokedAfterMs = await changesAfterMs(revoked, 401)
  expect(await statusOf(kept)).toBe(200)
  await asAdmin('POST', `${path}/suspend`)
  const suspendedAfterMs = await changesAfterMs(kept, 403)
  // A second is the promise; the rest is for a machine that is busy with other tests.
  expect(Math.max(revokedAfterMs, suspendedAfterMs)).toBeLessThan(5_000)
  await asAdmin('POST', `${path}/resume`)
  await eventually(
    () => statusOf(kept),
    (status) => status === 200,
  )
})

test('an installation that is set up from files is run over HTTP alone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tellwire-secrets-'))
  const keyFile = join(folder, 'admin_key')
  writeFileSync(keyFile, `${generateKey('admin')}\n`)
  const api = await world.startApi({ TELLWIRE_ADMIN_KEY_FILE: keyFile })
  const again = await world.startApi({ TELLWIRE_ADMIN_KEY_FILE: keyFile })
  const ask = async (key: string, method: string, path: string, body?: unknown): Promise<Json> => {
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    const text = await response.text()
    return { http: response.status, ...(text === '' ? {} : (JSON.parse(text) as Json)) }
  }
  const adminKey = readFileSync(keyFile, 'utf8').trim()
  const operate = (method: string, path: string, body?: unknown) => ask(adminKey, method, path, body)
  rmSync(folder, { recursive: true })
  expect((await fetch(`${again}/admin/v1/tenants`, { headers: { authorization: `Bearer ${adminKey}` } })).status).toBe(
    200,
  )

  const tenant = await operate('POST', '/admin/v1/tenants', { name: 'From Files', limits: { users: 10 } })
  const path = `/admin/v1/tenants/${tenant['id']}`
  const { key } = await operate('POST', `${path}/keys`, { name: 'backend', scopes })
  const { body: made } = await world.control('POST', '/bots', {})
  const shared = await operate('POST', '/admin/v1/bots', { token: made['token'] })
  expect(await ask(key, 'PUT', `/v1/shared-bots/${shared['id']}`)).toMatchObject({ http: 200 })
  const link = await ask(key, 'POST', '/v1/connect-links', { user_id: 'u', bot_id: shared['id'] })
  const person = await world.newPerson('Hosted')
  await person.open(link['url'])
  await eventually(
    () => ask(key, 'GET', `/v1/connect-links/${link['id']}`),
    (shown) => shown['status'] === 'used',
  )
  const sent = await ask(key, 'POST', '/v1/notifications', { to: { user_id: 'u' }, text: 'Hello' })
  await eventually(
    () => ask(key, 'GET', `/v1/notifications/${sent['id']}`),
    (shown) => shown['status'] === 'settled',
  )
  const used = async () =>
    (await operate('GET', `/admin/v1/usage?by=total&tenant_id=${tenant['id']}`))['data'] as Json[]
  await eventually(used, ([total]) => total?.['counts']['notification.sent'] === 1)

  const rotated = await ask(key, 'POST', `/v1/keys/${(await ask(key, 'GET', '/v1/keys'))['data'][0].id}/rotate`, {
    overlap: 0,
  })
  await eventually(
    () => ask(key, 'GET', '/v1/me'),
    ({ http }) => http === 401,
  )
  await operate('POST', `${path}/suspend`)
  await eventually(
    () => ask(rotated['key'], 'GET', '/v1/me'),
    ({ code }) => code === 'tenant_suspended',
  )
  await operate('POST', `${path}/resume`)
  await eventually(
    () => ask(rotated['key'], 'GET', '/v1/me'),
    ({ http }) => http === 200,
  )
  expect(await ask(rotated['key'], 'DELETE', '/v1/users/u')).toMatchObject({ http: 202 })
  await eventually(
    () => ask(rotated['key'], 'DELETE', '/v1/users/u'),
    (erasure) => erasure['status'] === 'erased',
  )
  expect(await operate('DELETE', path)).toMatchObject({ http: 200 })
  expect(await operate('DELETE', `/admin/v1/bots/${shared['id']}?force=true`)).toMatchObject({ http: 204 })
  await eventually(
    () => operate('GET', `/admin/v1/audit/verify?tenant_id=${tenant['id']}`),
    ({ is_intact: isIntact, unsealed, verified }) => isIntact === true && unsealed === 0 && verified > 8,
  )
})

test('a press that is under way while the key of the installation changes arrives', async () => {
  const person = await world.connect('pressing')
  await world.settled(await world.tell('pressing', { text: 'Now?', buttons: [[{ text: 'Yes', action: 'now' }]] }))
  await Promise.all(world.workers.splice(0).map((worker) => worker.stop()))
  // Nobody answers it yet.
  const [message] = (await person.messages()).slice(-1)
  await world.control('POST', `/people/${person.id}/press`, {
    bot: world.bot.username,
    message_id: message?.['message_id'],
    row: 0,
    column: 0,
  })

  const secretKey = `${randomBytes(32).toString('base64')},${world.secretKey}`
  await world.startWorker({ SECRET_KEY: secretKey })

  await eventually(
    () => world.events('button.pressed'),
    (events) => events.some((event) => event['action'] === 'now'),
  )
  const answered = await person.press('Yes')
  expect(answered).toBe('✓ Yes')
})
