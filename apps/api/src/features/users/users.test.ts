import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

test('creates a user, replaces it with PUT, and merges with PATCH', async ({ as, tenant }) => {
  const created = await as(tenant).put('/v1/users/u%2F1', {
    attributes: { plan: 'pro' },
    locale: 'de-AT',
    timezone: 'Europe/Vienna',
  })
  const changed = await as(tenant).patch('/v1/users/u%2F1', { locale: null, attributes: { beta: true } })
  const replaced = await as(tenant).put('/v1/users/u%2F1', { locale: 'de-at' })

  expect(created.statusCode).toBe(201)
  expect(changed.statusCode).toBe(200)
  expect(changed.json()).toMatchObject({
    user_id: 'u/1',
    attributes: { plan: 'pro', beta: true },
    locale: null,
    timezone: 'Europe/Vienna',
    connections: [],
  })
  expect(replaced.json()).toMatchObject({ attributes: {}, locale: 'de-AT', timezone: null })
})

test.for(['.', '..', 'a\u0000b', 'x'.repeat(129), 'a\nb'])('refuses the user id %j', async (userId, { as, tenant }) => {
  const response = await as(tenant).put(`/v1/users/${encodeURIComponent(userId).replaceAll('.', '%2E')}`, {})

  expect(response.statusCode).toBeGreaterThanOrEqual(400)
  expect(response.statusCode).toBeLessThan(500)
})

test.for([
  [{ timezone: 'Mars/Olympus' }, '/timezone'],
  [{ locale: 'not a locale' }, '/locale'],
  [{ attributes: { big: 'x'.repeat(5_000) } }, '/attributes'],
  [{ preferences: {} }, '/preferences'],
] as const)('names the field of %j that is wrong', async ([body, pointer], { as, tenant }) => {
  const response = await as(tenant).put('/v1/users/u', body)

  expect(response.json()).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
})

test('lists users in pages that do not shift when others are added', async ({ as, tenant }) => {
  for (const id of ['b', 'd', 'f']) await as(tenant).put(`/v1/users/${id}`, {})
  const first = (await as(tenant).get('/v1/users?limit=2')).json()
  await as(tenant).put('/v1/users/a', {})

  const second = (await as(tenant).get(`/v1/users?limit=2&cursor=${first.next_cursor}`)).json()

  expect(first.data.map((user: { user_id: string }) => user.user_id)).toEqual(['b', 'd'])
  expect(second).toMatchObject({ data: [{ user_id: 'f' }], next_cursor: null })
})

test('filters by connection and by part of the id', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'with_one')
  await as(tenant).put('/v1/users/with_none', {})

  const ids = async (query: string) =>
    (await as(tenant).get(`/v1/users?${query}`))
      .json<{ data: { user_id: string }[] }>()
      .data.map((user) => user.user_id)

  expect(await ids('connected=true')).toEqual(['with_one'])
  expect(await ids('connected=false')).toEqual(['with_none'])
  expect(await ids('q=none')).toEqual(['with_none'])
})

test('refuses a cursor of another tenant or filter', async ({ as, db, tenant }) => {
  const stranger = await createTenant(db)
  for (const id of ['a', 'b']) await as(tenant).put(`/v1/users/${id}`, {})
  const { next_cursor: cursor } = (await as(tenant).get('/v1/users?limit=1')).json()

  expect((await as(stranger).get(`/v1/users?cursor=${cursor}`)).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/cursor' }],
  })
  expect((await as(tenant).get(`/v1/users?q=a&cursor=${cursor}`)).json()).toMatchObject({ status: 400 })
  expect((await as(tenant).get('/v1/users?cursor=nonsense')).json()).toMatchObject({ status: 400 })
})

test("answers 404 for another tenant's user", async ({ as, db, tenant }) => {
  const stranger = await createTenant(db)
  await as(tenant).put('/v1/users/u', {})

  expect((await as(stranger).get('/v1/users/u')).statusCode).toBe(404)
})

test('disconnects a connection once and for all, its own tenant only', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const stranger = await createTenant(db)
  await createConnection(db, tenant, 'u')
  const connectionId = (await as(tenant).get('/v1/users/u')).json().connections[0].id

  expect((await as(stranger).delete(`/v1/connections/${connectionId}`)).statusCode).toBe(404)
  expect((await as(tenant).delete(`/v1/connections/${connectionId}`)).statusCode).toBe(204)
  expect((await as(tenant).delete(`/v1/connections/${connectionId}`)).statusCode).toBe(204)
  expect((await as(tenant).get('/v1/users/u')).json()).toMatchObject({ connections: [{ status: 'gone' }] })
})

test('fails what waits for a connection that ends', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' })).json()
  const connectionId = (await as(tenant).get('/v1/users/u')).json().connections[0].id

  await as(tenant).delete(`/v1/connections/${connectionId}`)

  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject({
    status: 'settled',
    deliveries: [{ status: 'failed', failure: { code: 'recipient_gone', class: 'recipient' } }],
  })
})

test('searches literally', async ({ as, tenant }) => {
  for (const user of ['a%b', 'a_b', 'axb', 'a\\b']) await as(tenant).put(`/v1/users/${encodeURIComponent(user)}`, {})
  const found = async (q: string) =>
    (await as(tenant).get(`/v1/users?q=${encodeURIComponent(q)}`))
      .json()
      .data.map((user: { user_id: string }) => user.user_id)

  expect(await found('a%b')).toEqual(['a%b'])
  expect(await found('a_b')).toEqual(['a_b'])
  expect(await found('a\\b')).toEqual(['a\\b'])
  expect(await found('%')).toEqual(['a%b'])
})

test.for([
  [{ locale: 'DE-at' }, { locale: 'de-AT' }],
  [{ locale: 'zh-hans-cn' }, { locale: 'zh-Hans-CN' }],
  [{ timezone: 'europe/vienna' }, { timezone: 'Europe/Vienna' }],
  [{ timezone: 'utc' }, { timezone: 'UTC' }],
] as const)('normalises %j', async ([given, shown], { as, tenant }) => {
  expect((await as(tenant).put('/v1/users/a', given)).json()).toMatchObject(shown)
})

test.for([{ locale: 'not a language' }, { timezone: 'Mars/Phobos' }, { timezone: '+02:00' }])(
  'refuses %j',
  async (given, { as, tenant }) => {
    expect((await as(tenant).put('/v1/users/a', given)).json()).toMatchObject({
      status: 400,
      errors: [{ code: 'wrong_format' }],
    })
  },
)

test('nothing is made for somebody of whom everything is being removed', async ({ api, as, tenant }) => {
  await createBot(api, tenant)
  await as(tenant).put('/v1/users/leaving', {})
  expect((await as(tenant).delete('/v1/users/leaving')).statusCode).toBe(202)

  const tries = [
    await as(tenant).put('/v1/users/leaving', {}),
    await as(tenant).post('/v1/connect-links', { user_id: 'leaving' }),
    await as(tenant).put('/v1/topics/news/subscribers/leaving', undefined),
  ]

  expect(tries.map((answer) => answer.json<{ code: string }>().code)).toEqual(['conflict', 'conflict', 'conflict'])
  expect((await as(tenant).put('/v1/users/staying', {})).statusCode).toBe(201)
})
