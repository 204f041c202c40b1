import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { createTenant, test } from '../../../test/fixtures.js'

interface Issued {
  id: string
  key: string
  expires_at: string | null
}

test('issues a key that can do no more than the one that asks', async ({ as, app, tenant }) => {
  const issued = await as(tenant).post('/v1/keys', { name: 'reader', scopes: ['users:read', 'keys:write'] })
  const reader = { key: issued.json<Issued>().key }
  const use = (body: object) => as(reader).post('/v1/keys', { name: 'next', ...body })

  expect(issued.statusCode).toBe(201)
  expect((await as(reader).get('/v1/users')).statusCode).toBe(200)
  expect((await use({ scopes: ['users:read'] })).statusCode).toBe(201)
  expect((await use({ scopes: ['users:write'] })).json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
  expect((await as(reader).get('/v1/keys')).json()).toMatchObject({ code: 'insufficient_scope' })
  const inject = await app.inject({ url: '/v1/topics', headers: { authorization: `Bearer ${reader.key}` } })
  expect(inject.statusCode).toBe(403)
})

test('a key that ends is not given again what was made of one that lasts', async ({ as, tenant }) => {
  const make = async (body: object) =>
    (await as(tenant).post('/v1/keys', { name: 'a', scopes: ['users:read', 'keys:write'], ...body })).json<Issued>()
  const lasting = await make({})
  const ending = await make({ expires_at: new Date(Date.now() + 3 * 86_400_000).toISOString() })
  const replace = (key: { key: string }) =>
    as(key).post(`/v1/keys/${lasting.id}/rotate`, {}, { 'idempotency-key': 'replace-it' })

  expect((await replace(ending)).statusCode).toBe(403)
  const replaced = await replace(tenant)
  expect(replaced.statusCode).toBe(201)
  expect((await replace(tenant)).json()).toEqual(replaced.json())
  // The one that was replaced ends within a day, and its successor never.
  expect((await replace(ending)).json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
})

test('a key that ends, or that may come from some networks only, makes none that does more', async ({ as, tenant }) => {
  const endsAt = new Date(Date.now() + 3_600_000).toISOString()
  const make = async (body: object) =>
    (await as(tenant).post('/v1/keys', { name: 'a', scopes: ['users:read', 'keys:write'], ...body })).json<Issued>()
  const ending = await make({ expires_at: endsAt })
  const local = await make({ networks: ['127.0.0.0/8'] })
  const next = (key: Issued, body: object) => as(key).post('/v1/keys', { name: 'b', scopes: ['users:read'], ...body })

  expect((await next(ending, {})).statusCode).toBe(403)
  expect((await next(ending, { expires_at: '2999-01-01T00:00:00.000Z' })).statusCode).toBe(403)
  expect((await next(ending, { expires_at: endsAt })).statusCode).toBe(201)
  expect((await next(local, {})).statusCode).toBe(403)
  expect((await next(local, { networks: ['0.0.0.0/0'] })).statusCode).toBe(403)
  expect((await next(local, { networks: ['127.0.0.1'] })).statusCode).toBe(201)
})

test('a key is let in from its networks alone', async ({ as, tenant }) => {
  const make = async (networks: string[]) =>
    (await as(tenant).post('/v1/keys', { name: 'a', scopes: ['users:read'], networks })).json<Issued>()

  expect((await as(await make(['127.0.0.1'])).get('/v1/users')).statusCode).toBe(200)
  expect((await as(await make(['203.0.113.0/24', '2001:db8::/32'])).get('/v1/users')).json()).toMatchObject({
    status: 403,
    code: 'network_refused',
  })
  const wrong = await as(tenant).post('/v1/keys', { name: 'a', scopes: ['users:read'], networks: ['10.0.0.0/8', 'x'] })
  expect(wrong.json()).toMatchObject({ status: 400, errors: [{ pointer: '/networks/1' }] })
})

test('a key that is replaced is let in for a while longer', async ({ as, tenant }) => {
  const before = (await as(tenant).post('/v1/keys', { name: 'old', scopes: ['users:read'] })).json<Issued>()
  const rotated = await as(tenant).post(`/v1/keys/${before.id}/rotate`, { overlap: 60 })
  const after = rotated.json<Issued>()

  expect(rotated.statusCode).toBe(201)
  expect(after).toMatchObject({ name: 'old', scopes: ['users:read'], expires_at: null })
  expect((await as(before).get('/v1/users')).statusCode).toBe(200)
  expect((await as(after).get('/v1/users')).statusCode).toBe(200)
  const { data } = (await as(tenant).get('/v1/keys?limit=100')).json<{ data: Issued[] }>()
  const endsAt = Date.parse(data.find(({ id }) => id === before.id)?.expires_at ?? '')
  expect(Math.abs(endsAt - Date.now() - 60_000)).toBeLessThan(30_000)
  await as(tenant).post(`/v1/keys/${after.id}/rotate`, { overlap: 0 })
  await eventually(
    async () => (await as(after).get('/v1/users')).statusCode,
    (status) => status === 401,
  )
  expect((await as(tenant).post(`/v1/keys/${after.id}/rotate`, {})).json()).toMatchObject({ code: 'conflict' })
})

test('nobody gets hold of a key that can do more by replacing it', async ({ as, tenant }) => {
  const strong = (
    await as(tenant).post('/v1/keys', { name: 's', scopes: ['users:write', 'users:read'] })
  ).json<Issued>()
  const weak = (await as(tenant).post('/v1/keys', { name: 'w', scopes: ['keys:write'] })).json<Issued>()

  expect((await as(weak).post(`/v1/keys/${strong.id}/rotate`, {})).statusCode).toBe(403)
})

test('a key that is revoked is let in no more, and is told when it was used', async ({ as, tenant }) => {
  const key = (await as(tenant).post('/v1/keys', { name: 'gone', scopes: ['users:read'] })).json<Issued>()
  await as(key).get('/v1/users')
  const find = async () =>
    (await as(tenant).get('/v1/keys?limit=100'))
      .json<{ data: (Issued & { last_used_at: string | null; revoked_at: string | null })[] }>()
      .data.find(({ id }) => id === key.id)
  await eventually(find, (found) => typeof found?.last_used_at === 'string')

  expect((await as(tenant).delete(`/v1/keys/${key.id}`)).statusCode).toBe(204)
  await eventually(
    async () => (await as(key).get('/v1/users')).statusCode,
    (status) => status === 401,
  )
  expect((await find())?.revoked_at).not.toBeNull()
  expect((await as(tenant).delete('/v1/keys/key_01m7yvzk35fvyby13znbftzpgx')).statusCode).toBe(404)
})

test('keys of another tenant are nobody’s business', async ({ as, db, tenant }) => {
  const stranger = await createTenant(db)
  const key = (await as(stranger).post('/v1/keys', { name: 'theirs', scopes: ['users:read'] })).json<Issued>()

  expect((await as(tenant).delete(`/v1/keys/${key.id}`)).statusCode).toBe(404)
  expect((await as(tenant).post(`/v1/keys/${key.id}/rotate`, {})).statusCode).toBe(404)
  expect((await as(tenant).get('/v1/keys?limit=100')).body).not.toContain(key.id)
})

test('a weaker key gets no kept answer to what it may not ask for', async ({ as, tenant }) => {
  const weak = (await as(tenant).post('/v1/keys', { name: 'weak', scopes: ['keys:write'] })).json<Issued>()
  const strong = { name: 'backend', scopes: ['keys:write', 'users:read', 'users:write'] }
  const headers = { 'idempotency-key': 'make-it' }
  const made = await as(tenant).post('/v1/keys', strong, headers)
  const path = `/v1/keys/${made.json<Issued>().id}/rotate`
  const rotated = await as(tenant).post(path, {}, { 'idempotency-key': 'rotate-it' })

  expect((await as(weak).post('/v1/keys', strong, headers)).json()).toMatchObject({ code: 'insufficient_scope' })
  expect((await as(weak).post(path, {}, { 'idempotency-key': 'rotate-it' })).json()).toMatchObject({ status: 403 })
  expect((await as(tenant).post('/v1/keys', strong, headers)).json<Issued>().key).toBe(made.json<Issued>().key)
  expect((await as(tenant).post(path, {}, { 'idempotency-key': 'rotate-it' })).json()).toEqual(rotated.json())
})

test('a key is replaced once: what was made of it lives as long as it would have', async ({ as, tenant }) => {
  const { id } = (await as(tenant).post('/v1/keys', { name: 'old', scopes: ['users:read'] })).json<Issued>()
  const first = await as(tenant).post(`/v1/keys/${id}/rotate`, { overlap: 5 })

  const second = await as(tenant).post(`/v1/keys/${id}/rotate`, {})
  const ofTheNew = await as(tenant).post(`/v1/keys/${first.json<Issued>().id}/rotate`, {})

  expect(second.json()).toMatchObject({ status: 409, code: 'conflict' })
  expect(ofTheNew.json()).toMatchObject({ expires_at: null })
})

test('of two that replace a key at once, one does', async ({ as, tenant }) => {
  const { id } = (await as(tenant).post('/v1/keys', { name: 'twice', scopes: ['keys:read'] })).json<Issued>()
  const rotate = () => as(tenant).post(`/v1/keys/${id}/rotate`, { overlap: 60 })

  const answers = await Promise.all([rotate(), rotate(), rotate()])

  expect(answers.map(({ statusCode }) => statusCode).toSorted((one, other) => one - other)).toEqual([201, 409, 409])
})
