import { eventually } from '@tellwire/testing'
import { parseId } from '@tellwire/domain'
import { expect } from 'vitest'
import { createTenant, test } from '../../../test/fixtures.js'

test('creates and lists tenants', async ({ admin }) => {
  const created = await admin.post('/admin/v1/tenants', { name: 'Acme' })

  expect(created.statusCode).toBe(201)
  expect(created.json()).toMatchObject({
    id: expect.stringMatching(/^ten_/),
    name: 'Acme',
    status: 'active',
    chat_sharing: 'refuse',
  })
  const { data } = (await admin.get('/admin/v1/tenants?limit=100')).json<{ data: { id: string }[] }>()
  expect(data.map(({ id }) => id)).toContain(created.json<{ id: string }>().id)
})

test('issues a key that works, shows it once and lists it without its secret', async ({ admin, app }) => {
  const tenant = (await admin.post('/admin/v1/tenants', { name: 'Acme' })).json<{ id: string }>()

  const issued = await admin.post(`/admin/v1/tenants/${tenant.id}/keys`, { name: 'ci', scopes: ['users:read'] })

  const { key } = issued.json<{ key: string }>()
  expect(issued.statusCode).toBe(201)
  const list = await admin.get(`/admin/v1/tenants/${tenant.id}/keys`)
  expect(list.json()).toMatchObject({ data: [{ name: 'ci', hint: key.slice(-4), scopes: ['users:read'] }] })
  expect(list.body).not.toContain(key)
  const used = await app.inject({ url: '/v1/users', headers: { authorization: `Bearer ${key}` } })
  expect(used.statusCode).toBe(200)
})

test('repeats an issued key for the same idempotency key, and keeps it sealed', async ({ admin, db }) => {
  const tenant = (await admin.post('/admin/v1/tenants', { name: 'Acme' })).json<{ id: string }>()
  const send = () =>
    admin.post(
      `/admin/v1/tenants/${tenant.id}/keys`,
      { name: 'ci', scopes: ['users:read'] },
      { 'idempotency-key': `k ${tenant.id}` },
    )

  const first = await send()
  const second = await send()

  expect(second.json()).toEqual(first.json())
  const rows = await db.$queryRaw`SELECT k::text FROM idempotency_keys k`
  expect(JSON.stringify(rows)).not.toContain(first.json<{ key: string }>().key)
})

test('refuses a tenant that is unknown, a scope that is unknown and an expiry in the past', async ({ admin }) => {
  const tenant = (await admin.post('/admin/v1/tenants', { name: 'Acme' })).json<{ id: string }>()

  const unknown = await admin.post('/admin/v1/tenants/ten_01m7yvzk35fvyby13znbftzpgx/keys', {
    name: 'a',
    scopes: ['users:read'],
  })
  const scope = await admin.post(`/admin/v1/tenants/${tenant.id}/keys`, { name: 'a', scopes: ['everything'] })
  const past = await admin.post(`/admin/v1/tenants/${tenant.id}/keys`, {
    name: 'a',
    scopes: ['users:read'],
    expires_at: '2020-01-01T00:00:00.000Z',
  })

  expect(unknown.json()).toMatchObject({ status: 404 })
  expect(scope.json()).toMatchObject({ status: 400, errors: [{ pointer: '/scopes/0', code: 'not_allowed' }] })
  expect(past.json()).toMatchObject({ status: 400, errors: [{ pointer: '/expires_at' }] })
})

test("does not let a tenant's key in", async ({ as, tenant }) => {
  expect((await as(tenant).get('/admin/v1/tenants')).json()).toMatchObject({ status: 401, code: 'unauthenticated' })
})

test('does not take a key that has expired', async ({ admin, app, db }) => {
  const tenant = (await admin.post('/admin/v1/tenants', { name: 'Acme' })).json<{ id: string }>()
  const { key } = (
    await admin.post(`/admin/v1/tenants/${tenant.id}/keys`, {
      name: 'a',
      scopes: ['users:read'],
      expires_at: '2999-01-01T00:00:00.000Z',
    })
  ).json<{ key: string }>()
  const use = async () =>
    (await app.inject({ url: '/v1/users', headers: { authorization: `Bearer ${key}` } })).statusCode

  expect(await use()).toBe(200)
  await db.apiKey.updateMany({ where: { tokenHint: key.slice(-4) }, data: { expiresAt: new Date(0) } })
  await eventually(use, (status) => status === 401)
})

test('a key of admins looks at everything, and changes what its scopes say', async ({ admin, as }) => {
  const issue = async (scopes: string[]) =>
    as((await admin.post('/admin/v1/keys', { name: 'dashboard', scopes })).json<{ key: string }>())
  const [reader, tenants] = [await issue(['read']), await issue(['tenants'])]

  expect((await reader.get('/admin/v1/tenants')).statusCode).toBe(200)
  expect((await reader.post('/admin/v1/tenants', { name: 'Acme' })).json()).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
  expect((await tenants.post('/admin/v1/tenants', { name: 'Acme' })).statusCode).toBe(201)
  expect((await tenants.post('/admin/v1/keys', { name: 'x', scopes: ['read'] })).statusCode).toBe(403)
})

test('a key of admins makes none that may come from more places, or lasts longer', async ({ admin, as }) => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const limits = { networks: ['127.0.0.0/8'], expires_at: expiresAt }
  const issue = async (limits: object) =>
    (await admin.post('/admin/v1/keys', { name: 'k', scopes: ['everything'], ...limits })).json<{
      id: string
      key: string
    }>()
  const [bound, free] = [await issue(limits), await issue({})]
  const make = (limits: object) => as(bound).post('/admin/v1/keys', { name: 'k', scopes: ['read'], ...limits })

  expect((await make({})).statusCode).toBe(403)
  expect((await make({ ...limits, networks: [] })).statusCode).toBe(403)
  expect((await make({ networks: limits.networks })).statusCode).toBe(403)
  expect((await make({ ...limits, networks: ['127.0.0.1'] })).statusCode).toBe(201)
  expect((await as(bound).post(`/admin/v1/keys/${free.id}/rotate`, {})).json()).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
  expect((await as(bound).post(`/admin/v1/keys/${bound.id}/rotate`, {})).statusCode).toBe(201)
})

test('a key of admins ends, is listed, and can be revoked', async ({ admin, as, db }) => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const issued = await admin.post('/admin/v1/keys', { name: 'for a while', scopes: ['read'], expires_at: expiresAt })
  const { id, key } = issued.json<{ id: string; key: string }>()
  const use = async () => (await as({ key }).get('/admin/v1/tenants')).statusCode

  expect(await use()).toBe(200)
  expect((await admin.get('/admin/v1/keys?limit=100')).json()).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ id, name: 'for a while', expires_at: expiresAt })]),
  })
  await db.adminKey.updateMany({ where: { name: 'for a while' }, data: { expiresAt: new Date(0) } })
  expect(await use()).toBe(401)
  const other = (await admin.post('/admin/v1/keys', { name: 'b', scopes: ['read'] })).json<{
    id: string
    key: string
  }>()
  expect((await admin.delete(`/admin/v1/keys/${other.id}`)).statusCode).toBe(204)
  expect((await as(other).get('/admin/v1/tenants')).statusCode).toBe(401)
})

test('who changes what stands in the audit, without secrets, and in that of the tenant', async ({ admin, as, db }) => {
  const tenant = (await admin.post('/admin/v1/tenants', { name: 'Audited' })).json<{ id: string }>()
  const issued = await admin.post(`/admin/v1/tenants/${tenant.id}/keys`, {
    name: 'backend',
    scopes: ['audit:read', 'links:read', 'links:write', 'webhooks:write'],
  })
  const key = issued.json<{ id: string; key: string }>()
  await as(key).patch('/v1/connect-settings', { confirm: 'tap' })
  const webhook = await as(key).post('/v1/webhooks', {
    url: 'https://app.example.com/hook',
    headers: { 'x-token': 'very secret' },
  })
  await admin.post(`/admin/v1/tenants/${tenant.id}/suspend`, {})
  await admin.post(`/admin/v1/tenants/${tenant.id}/resume`, {})
  const own = await eventually(
    () => as(key).get('/v1/audit'),
    ({ statusCode }) => statusCode === 200,
  )

  const { data } = own.json<{ data: { action: string; id: string; [name: string]: unknown }[] }>()
  expect(data.map(({ action }) => action)).toEqual([
    'tenant.resumed',
    'tenant.suspended',
    'webhook.created',
    'connect_settings.changed',
    'key.issued',
    'tenant.created',
  ])
  expect(data[3]).toMatchObject({
    actor: { type: 'api_key', id: key.id },
    address: '127.0.0.1',
    request_id: expect.any(String),
    before: { confirm: 'none' },
    after: { confirm: 'tap' },
  })
  expect(data[1]).toMatchObject({ actor: { type: 'admin_key' }, object: { type: 'tenant', id: tenant.id } })
  const rows = JSON.stringify(await db.auditEntry.findMany({ select: { details: true } }))
  for (const secret of [key.key, 'very secret', webhook.json<{ secret: string }>().secret]) {
    expect(rows).not.toContain(secret)
  }
  expect((await admin.get(`/admin/v1/audit?tenant_id=${tenant.id}&action=tenant.created`)).json()).toMatchObject({
    data: [{ tenant_id: tenant.id, after: { name: 'Audited' } }],
  })
  expect((await admin.get('/admin/v1/audit/verify')).json()).toMatchObject({ is_intact: true })
})

test('the audit comes as a file: a line for each entry, of one tenant or of all', async ({ admin, as, db }) => {
  const other = await createTenant(db)
  const { id } = (await admin.post('/admin/v1/tenants', { name: 'Audited' })).json<{ id: string }>()
  const issued = await admin.post(`/admin/v1/tenants/${id}/keys`, { name: 'k', scopes: ['audit:read', 'keys:write'] })
  const { key } = issued.json<{ key: string }>()
  for (let index = 0; index < 3; index++) await admin.patch(`/admin/v1/tenants/${id}`, { weight: index + 2 })
  const linesOf = (body: string): { action: string }[] =>
    body
      .trim()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { action: string })

  const own = await as({ key }).get('/v1/audit.jsonl')
  expect(own.headers['content-type']).toBe('application/jsonl; charset=utf-8')
  const actions = ['tenant.created', 'key.issued', 'tenant.changed', 'tenant.changed', 'tenant.changed']
  expect(linesOf(own.body).map(({ action }) => action)).toEqual(actions)
  const listed = (await as({ key }).get('/v1/audit')).json<{ data: object[] }>().data
  const withoutPlace = (entries: object[]) => entries.map((entry) => ({ ...entry, sequence: null, hash: null }))
  expect(withoutPlace(linesOf(own.body))).toEqual(withoutPlace(listed.toReversed()))
  expect(linesOf((await as({ key }).get('/v1/audit.jsonl?action=key.issued')).body)).toHaveLength(1)
  expect((await as({ key }).get('/v1/audit.jsonl?to=2020-01-01')).body).toBe('')
  expect((await as({ key }).get('/v1/audit.jsonl?from=2026-02-30')).statusCode).toBe(400)
  expect(linesOf((await as(other).get('/v1/audit.jsonl')).body)).toMatchObject([{ action: 'tenant.created' }])
  const { body } = await admin.get(`/admin/v1/audit.jsonl?tenant_id=${id}`)
  expect(linesOf(body)).toHaveLength(5)
  expect(linesOf((await admin.get('/admin/v1/audit.jsonl')).body).length).toBeGreaterThan(5)
})

test('changes at one moment lose nothing of each other', async ({ admin }) => {
  const { id } = (await admin.post('/admin/v1/tenants', { name: 'Busy' })).json<{ id: string }>()
  for (let round = 1; round <= 5; round++) {
    await Promise.all([
      admin.patch(`/admin/v1/tenants/${id}`, { limits: { users: round } }),
      admin.patch(`/admin/v1/tenants/${id}`, { limits: { bots: 10 * round } }),
    ])
    expect((await admin.get(`/admin/v1/tenants/${id}`)).json()).toMatchObject({
      limits: { users: round, bots: 10 * round },
    })
  }
})

test('a tenant that was deleted is changed by nothing but its return', async ({ admin, db }) => {
  const { id } = (await admin.post('/admin/v1/tenants', { name: 'Gone' })).json<{ id: string }>()
  const path = `/admin/v1/tenants/${id}`
  await admin.delete(path)

  const tries = [
    await admin.post(`${path}/suspend`, {}),
    await admin.post(`${path}/resume`, {}),
    await admin.patch(path, { name: 'Still there' }),
    await admin.post(`${path}/keys`, { name: 'late', scopes: ['users:read'] }),
  ]
  for (const answer of tries) expect(answer.json()).toMatchObject({ status: 409, code: 'conflict' })
  expect((await admin.post(`${path}/undelete`, {})).json()).toMatchObject({ status: 'active', name: 'Gone' })
  expect((await admin.post(`${path}/suspend`, {})).json()).toMatchObject({ status: 'suspended' })
  await db.tenant.update({
    where: { id: parseId('ten', id) ?? '' },
    data: { deletedAt: new Date(), erasedAt: new Date() },
  })
  expect((await admin.patch(path, { name: 'Erased' })).json()).toMatchObject({ status: 409 })
})

test('tenants are searched for by what is in their names, whatever it is', async ({ admin }) => {
  for (const name of ['100 % wool', 'snake_case', 'plain']) await admin.post('/admin/v1/tenants', { name })
  const find = async (q: string) =>
    (await admin.get(`/admin/v1/tenants?limit=100&q=${encodeURIComponent(q)}`))
      .json<{ data: { name: string }[] }>()
      .data.map(({ name }) => name)

  expect(await find('%')).toEqual(['100 % wool'])
  expect(await find('_')).toEqual(['snake_case'])
  expect(await find('\\')).toEqual([])
})

test('a key of admins comes from its networks alone, and is replaced like any other', async ({ admin, as }) => {
  const make = async (networks: string[]) =>
    (await admin.post('/admin/v1/keys', { name: 'office', scopes: ['read'], networks })).json<{
      id: string
      key: string
    }>()
  const [near, far] = [await make(['127.0.0.0/8']), await make(['203.0.113.0/24'])]

  expect((await as(near).get('/admin/v1/tenants')).statusCode).toBe(200)
  expect((await as(far).get('/admin/v1/tenants')).json()).toMatchObject({ status: 403, code: 'network_refused' })
  const next = (await admin.post(`/admin/v1/keys/${near.id}/rotate`, { overlap: 0 })).json<{ key: string }>()
  expect(next).toMatchObject({ name: 'office', scopes: ['read'], networks: ['127.0.0.0/8'], expires_at: null })
  expect((await as(next).get('/admin/v1/tenants')).statusCode).toBe(200)
  expect((await as(near).get('/admin/v1/tenants')).statusCode).toBe(401)
  expect((await admin.post(`/admin/v1/keys/${near.id}/rotate`, {})).json()).toMatchObject({ status: 409 })
})
