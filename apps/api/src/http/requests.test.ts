import { expect } from 'vitest'
import { createBot, createConnection, test } from '../../test/fixtures.js'
import { operatorRoutes, tenantRoutes } from '../routes.js'

const json = { 'content-type': 'application/json' }

test('a body that a route does not need may be missing, whatever Content-Type says', async ({
  api,
  app,
  as,
  db,
  tenant,
}) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const headers = { authorization: `Bearer ${tenant.key}`, ...json }
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi' })).json<{
    id: string
  }>()

  const cancelled = await app.inject({ method: 'POST', url: `/v1/notifications/${id}/cancel`, headers })
  const read = await app.inject({ method: 'GET', url: `/v1/notifications/${id}`, headers })
  const subscribed = await app.inject({ method: 'PUT', url: '/v1/topics/news/subscribers/a', headers })
  const needed = await app.inject({ method: 'POST', url: '/v1/notifications', headers })

  expect([cancelled.statusCode, read.statusCode, subscribed.statusCode]).toEqual([200, 200, 201])
  expect(needed.json()).toMatchObject({ status: 400, code: 'malformed_json' })
})

test.for([
  ['PUT', '/v1/notifications', 'GET, HEAD, POST'],
  ['DELETE', '/v1/me', 'GET, HEAD'],
  ['POST', '/v1/users/u%2F1', 'DELETE, GET, HEAD, PATCH, PUT'],
  ['POST', '/livez', 'GET, HEAD'],
] as const)('answers %s %s with 405 and what there is', async ([method, url, allowed], { app }) => {
  const response = await app.inject({ method, url })

  expect(response.json()).toMatchObject({ status: 405, code: 'method_not_allowed' })
  expect(response.headers['allow']).toBe(allowed)
})

test('every POST that creates or changes something takes an Idempotency-Key', () => {
  const posts = [...tenantRoutes, ...operatorRoutes].filter(({ method }) => method === 'POST')

  expect(posts.filter(({ isIdempotent }) => !isIdempotent).map(({ operation }) => operation)).toEqual([
    'renderMessage',
    'showTyping',
  ])
})

test('the same body with its fields in another order replays', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const key = { 'idempotency-key': 'order' }

  const first = await as(tenant).post(
    '/v1/notifications',
    { to: { user_id: 'a' }, text: 'hi', metadata: { a: 1, b: 2 } },
    key,
  )
  const second = await as(tenant).post(
    '/v1/notifications',
    { metadata: { b: 2, a: 1 }, text: 'hi', to: { user_id: 'a' } },
    key,
  )
  const other = await as(tenant).post(
    '/v1/notifications',
    { to: { user_id: 'a' }, text: 'hi', metadata: { a: 2, b: 1 } },
    key,
  )

  expect(second.json()).toEqual(first.json())
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(other.json()).toMatchObject({ code: 'idempotency_mismatch' })
})

test.for([
  ['2026-02-30T12:00:00Z', 400],
  ['2028-02-29T12:00:00Z', 422],
  ['2026-13-01T12:00:00Z', 400],
  ['2026-11-31T12:00:00+02:00', 400],
] as const)('a time that does not exist is refused: %s', async ([sendAt, status], { as, tenant }) => {
  const response = await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi', send_at: sendAt })

  expect(response.statusCode).toBe(status)
})

test.for([
  [{}, ['/to', '/text']],
  [{ to: { user_id: 'a' } }, ['/text']],
  [{ to: { user_id: 'a' }, text: 'x', silent: 'yes' }, ['/silent']],
  [{ to: { user_id: 'a' }, text: 'x', effect: 'fire' }, ['/effect']],
  [{ to: { user_id: '.' }, text: 'x' }, ['/to/user_id']],
] as const)(
  'says once what is wrong with a field, and never with a regular expression: %j',
  async ([body, pointers], { as, tenant }) => {
    const { errors } = (await as(tenant).post('/v1/notifications', body)).json<{
      errors: { pointer: string; code: string; detail: string }[]
    }>()

    expect(errors.map(({ pointer }) => pointer).toSorted()).toEqual([...pointers].toSorted())
    for (const { code, detail } of errors) {
      expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/)
      expect(detail).not.toMatch(/pattern|\^|\\/)
    }
  },
)

test('tells whose key it is, and what it may do', async ({ as, tenant }) => {
  expect((await as(tenant).get('/v1/me')).json()).toMatchObject({
    tenant: { name: 'Acme' },
    key: { name: 'test', scopes: expect.arrayContaining(['notifications:write']) },
  })
})

test('a body costs what its size allows: its values are counted before they are looked at', async ({ app, tenant }) => {
  const post = (url: string, payload: string) =>
    app.inject({ method: 'POST', url, headers: { authorization: `Bearer ${tenant.key}`, ...json }, payload })
  const many = `{"notifications":[${'{},'.repeat(2_600_000)}{}]}`
  const zeros = `{"to":{"user_ids":[${'0,'.repeat(480_000)}0]},"text":"x"}`

  const batch = await post('/v1/notifications/batch', many)
  const list = await post('/v1/notifications', zeros)
  const text = await post('/v1/notifications', JSON.stringify({ to: { user_id: 'x' }, text: '[,{"\\'.repeat(6_000) }))

  expect(batch.json()).toMatchObject({ status: 400, errors: [{ pointer: '', code: 'too_many' }] })
  expect(list.json()).toMatchObject({ status: 400, errors: [{ pointer: '', code: 'too_many' }] })
  expect(text.json()).toMatchObject({ status: 422, code: 'user_not_connected' })
})

test('tells the first twenty mistakes, and of a huge body the first', async ({ as, tenant }) => {
  const errorsOf = async (body: object) =>
    (await as(tenant).post('/v1/notifications', body)).json<{ errors: { pointer: string; code: string }[] }>().errors
  const unknown = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`f${index}`, 1]))

  expect(await errorsOf({ to: { user_id: 'a' }, text: 'x', ...unknown })).toHaveLength(20)
  expect(await errorsOf({ to: { user_ids: Array.from({ length: 50_000 }, () => 0) }, text: 'x' })).toMatchObject([
    { pointer: '/to/user_ids', code: 'too_many' },
  ])
})

test.for(['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '10000-01-01T00:00:00Z'])(
  'a time that no id or database can hold is refused: %s',
  async (expiresAt, { as, tenant }) => {
    const body = { to: { user_id: 'a' }, text: 'hi', expires_at: expiresAt }

    expect((await as(tenant).post('/v1/notifications', body)).statusCode).toBe(400)
  },
)
