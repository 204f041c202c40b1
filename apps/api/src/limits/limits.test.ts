import { generateKey, issueApiKey } from '@tellwire/domain'
import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { type ApiFixture, createBot, createConnection, createTenant, test, type Tenant } from '../../test/fixtures.js'

/** Sets limits of a tenant, and waits until they hold. */
async function limitTenant({ app, services: { db } }: ApiFixture, tenant: Tenant, limits: object): Promise<void> {
  await db.tenant.update({ where: { id: tenant.id }, data: { limits } })
  const [[name, limit] = []] = Object.entries(limits)
  const headers = { authorization: `Bearer ${tenant.key}` }
  await eventually(
    async () => (await app.inject({ url: '/v1/limits', headers })).json<LimitsAnswer>().limits[name ?? ''],
    (shown) => shown?.limit === limit,
  )
}

test('a tenant sends as many requests a second as it may, and its neighbour is not touched', async ({
  api,
  as,
  db,
  tenant,
}) => {
  const neighbour = await createTenant(db)
  await limitTenant(api, tenant, { requests_per_second: 3 })
  const answers = await Promise.all(Array.from({ length: 40 }, () => as(tenant).get('/v1/me')))
  const refused = answers.filter(({ statusCode }) => statusCode === 429)
  const [first] = refused

  expect(refused.length).toBeGreaterThan(30)
  expect(first?.json()).toMatchObject({
    type: 'https://iana.org/assignments/http-problem-types#quota-exceeded',
    code: 'rate_limited',
    'violated-policies': ['requests-per-second'],
  })
  expect(Number(first?.headers['retry-after'])).toBeGreaterThanOrEqual(1)
  expect(first?.headers['ratelimit']).toContain('"requests-per-second";r=0;t=1')
  expect((await as(neighbour).get('/v1/me')).statusCode).toBe(200)
})

test('a spelling of a header is not another caller', async ({ api, app, tenant }) => {
  await limitTenant(api, tenant, { requests_per_second: 2 })
  const spellings = ['Bearer ', 'bearer ', 'BEARER   ', 'BeArEr  ']
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) =>
      app.inject({ url: '/v1/me', headers: { authorization: `${spellings[index % 4]}${tenant.key}` } }),
    ),
  )

  expect(answers.filter(({ statusCode }) => statusCode === 200).length).toBeLessThanOrEqual(4)
})

test('notifications count by the day, and a repeated one is answered all the same', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  await limitTenant(api, tenant, { notifications_per_day: 2 })
  const post = (key: string) =>
    as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'x' }, { 'idempotency-key': key })

  const answers = [await post('1'), await post('2'), await post('3'), await post('2')]

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([202, 202, 429, 202])
  expect(answers[2]?.json()).toMatchObject({ 'violated-policies': ['notifications-per-day'] })
  expect(answers[0]?.headers['ratelimit']).toContain('"notifications-per-day"')
  const warnings = await eventually(
    () => db.event.findMany({ where: { tenantId: tenant.id, type: 'quota.warning' }, orderBy: { id: 'asc' } }),
    ({ length }) => length === 2,
  )
  expect(warnings.map(({ data }) => data)).toEqual(
    expect.arrayContaining([
      { quota: 'notifications_per_day', limit: 2, percent: 80 },
      { quota: 'notifications_per_day', limit: 2, percent: 100 },
    ]),
  )
})

test.for([
  ['users', { users: 1 }, (client: Client) => client.put('/v1/users/b', {})],
  ['users', { users: 1 }, (client: Client) => client.post('/v1/topics/t/subscribers', { user_ids: ['a', 'b'] })],
  ['templates', { templates: 0 }, (client: Client) => client.post('/v1/templates', { name: 't', texts: { en: 'x' } })],
  [
    'bots',
    { bots: 1 },
    (client: Client) => client.post('/v1/bots', { token: '1234567:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }),
  ],
  [
    'pending_deliveries',
    { pending_deliveries: 0 },
    (client: Client) => client.post('/v1/notifications', { to: { user_id: 'a' }, text: 'x' }),
  ],
] as const)('there are as many %s as may be: %j', async ([, limits, add], { api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  await limitTenant(api, tenant, limits)

  const answer = await add(as(tenant))
  const known = await as(tenant).put('/v1/users/a', {})

  expect([422, 502]).toContain(answer.statusCode)
  expect(known.statusCode).toBe(200)
})

interface LimitsAnswer {
  limits: Record<string, { limit: number | null }>
}

interface Client {
  put(url: string, body: unknown): Promise<Answer>
  post(url: string, body: unknown): Promise<Answer>
}
interface Answer {
  statusCode: number
}

test('shows what may be sent and had, and what is left', async ({ admin, as, tenant }) => {
  const id = (await as(tenant).get('/v1/me')).json<{ tenant: { id: string } }>().tenant.id
  await admin.patch(`/admin/v1/tenants/${id}`, { limits: { users: 5, notifications_per_month: 100 } })
  await as(tenant).put('/v1/users/a', {})

  const shown = await eventually(
    async () => (await as(tenant).get('/v1/limits')).json<LimitsAnswer>().limits,
    (limits) => limits['users']?.limit === 5,
  )

  expect(shown['users']).toMatchObject({ limit: 5, remaining: 4 })
  expect(shown['notifications_per_month']).toMatchObject({ limit: 100, window_seconds: 2_592_000 })
  expect((await admin.patch(`/admin/v1/tenants/${id}`, { limits: { users: -1 } })).statusCode).toBe(400)
  expect((await admin.patch(`/admin/v1/tenants/${id}`, { limits: { weather: 1 } })).statusCode).toBe(400)
})

test('an address that tries keys is told to stop, and right keys from there are let in', async ({ app, tenant }) => {
  const tryKey = () =>
    app.inject({
      url: '/v1/me',
      headers: { authorization: `Bearer ${generateKey('live')}` },
      remoteAddress: '192.0.2.9',
    })

  const statuses = await Promise.all(Array.from({ length: 400 }, async () => (await tryKey()).statusCode))

  expect(statuses.filter((status) => status === 401).length).toBeGreaterThan(100)
  expect(statuses).toContain(429)
  const headers = { authorization: `Bearer ${tenant.key}` }
  expect((await app.inject({ url: '/v1/me', headers, remoteAddress: '192.0.2.9' })).statusCode).toBe(200)
})

test('who has no key is counted by address; health is not', async ({ app }) => {
  const ask = (url: string, remoteAddress: string) => app.inject({ url, remoteAddress })
  const statuses = await Promise.all(Array.from({ length: 300 }, () => ask('/problems', '192.0.2.1')))
  const health = await Promise.all(Array.from({ length: 300 }, () => ask('/livez', '192.0.2.1')))

  expect(statuses.some(({ statusCode }) => statusCode === 429)).toBe(true)
  expect((await ask('/problems', '192.0.2.2')).statusCode).not.toBe(429)
  expect(health.every(({ statusCode }) => statusCode === 200)).toBe(true)
})

test('a revoked key and a suspended tenant are let in no more', async ({ admin, as, db, tenant }) => {
  const { tenant: shown, key } = (await as(tenant).get('/v1/me')).json<{
    tenant: { id: string }
    key: { id: string }
  }>()
  const second = await issueApiKey(db, { tenantId: tenant.id, name: 'second', scopes: [] })
  const other = { id: tenant.id, key: second.key }

  expect((await admin.delete(`/admin/v1/tenants/${shown.id}/keys/${key.id}`)).statusCode).toBe(204)
  expect((await admin.delete(`/admin/v1/tenants/${shown.id}/keys/${key.id}`)).statusCode).toBe(204)
  expect((await admin.delete(`/admin/v1/tenants/${shown.id}/keys/key_x`)).statusCode).toBe(404)
  await eventually(async () => (await as(tenant).get('/v1/me')).statusCode === 401)
  expect((await as(other).get('/v1/me')).statusCode).toBe(200)

  expect((await admin.post(`/admin/v1/tenants/${shown.id}/suspend`, {})).json()).toMatchObject({ status: 'suspended' })
  await eventually(async () => (await as(other).get('/v1/me')).statusCode === 403)
  expect((await as(other).get('/v1/me')).json()).toMatchObject({ code: 'tenant_suspended' })

  expect((await admin.post(`/admin/v1/tenants/${shown.id}/resume`, {})).json()).toMatchObject({ status: 'active' })
  await eventually(async () => (await as(other).get('/v1/me')).statusCode === 200)
})

test('keys for tests are neither issued nor let in', async ({ admin, app, db, tenant }) => {
  const { key } = await issueApiKey(db, { tenantId: tenant.id, name: 'test', scopes: [], mode: 'test' })
  const { data } = (await admin.get('/admin/v1/tenants?limit=100')).json<{ data: { id: string }[] }>()
  const issued = await admin.post(`/admin/v1/tenants/${data[0]?.id}/keys`, {
    name: 'x',
    scopes: ['users:read'],
    mode: 'test',
  })

  expect((await app.inject({ url: '/v1/me', headers: { authorization: `Bearer ${key}` } })).statusCode).toBe(401)
  expect(issued.statusCode).toBe(400)
})
