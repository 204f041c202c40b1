import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { test } from '../../../test/fixtures.js'

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
