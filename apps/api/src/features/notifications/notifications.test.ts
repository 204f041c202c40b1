import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

test('accepts a notification for all active connections of a user', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  await createConnection(db, tenant, 'u')

  const response = await as(tenant).post('/v1/notifications', {
    to: { user_id: 'u' },
    text: '**hi**',
    metadata: { order: 1 },
  })

  const { id } = response.json()
  expect(response.statusCode).toBe(202)
  expect(response.headers['location']).toBe(`/v1/notifications/${id}`)
  expect(response.json()).toEqual({
    id,
    status: 'in_progress',
    deliveries: 2,
    estimated_send_at: expect.any(String),
    links: { self: `/v1/notifications/${id}` },
  })
  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject({
    text: '**hi**',
    format: 'markdown',
    priority: 'normal',
    metadata: { order: 1 },
    to: { user_id: 'u' },
    counts: { queued: 2 },
    deliveries: [{ status: 'queued', attempts: 0, failure: null }, { status: 'queued' }],
  })
})

test('a page holds no more text than an answer may, and the next one goes on', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const text = 'x'.repeat(1_000_000)
  const ids: string[] = []
  for (let count = 0; count < 6; count++) {
    const posted = await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text, overflow: 'truncate' })
    ids.unshift(posted.json<{ id: string }>().id)
  }

  const listed: string[] = []
  const sizes: number[] = []
  let cursor: string | null = ''
  while (cursor !== null) {
    const answer = await as(tenant).get(`/v1/notifications?limit=100${cursor === '' ? '' : `&cursor=${cursor}`}`)
    const page: { data: { id: string }[]; next_cursor: string | null } = answer.json()
    listed.push(...page.data.map(({ id }) => id))
    sizes.push(answer.body.length)
    cursor = page.next_cursor
  }

  expect(listed).toEqual(ids)
  expect(Math.max(...sizes)).toBeLessThan(5_000_000)
  expect(sizes.length).toBeLessThan(4)
})

test('accepts a notification for one connection', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  await createConnection(db, tenant, 'u')
  const connectionId = (await as(tenant).get('/v1/users/u')).json().connections[0].id

  const response = await as(tenant).post('/v1/notifications', { to: { connection_id: connectionId }, text: 'hi' })

  expect(response.json()).toMatchObject({ deliveries: 1 })
})

test('writes the notification, its rows and its event together', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')

  await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' })

  const where = { where: { tenantId: tenant.id } }
  expect(await db.pendingDelivery.count(where)).toBe(1)
  expect(await db.event.findMany({ ...where, select: { type: true } })).toEqual([{ type: 'notification.accepted' }])
})

test('tells that nobody is connected', async ({ api, as, tenant, db }) => {
  await createBot(api, tenant)
  const stranger = await createTenant(db)
  await createBot(api, stranger)
  await createConnection(db, stranger, 'theirs')
  const foreignId = (await as(stranger).get('/v1/users/theirs')).json().connections[0].id

  const unknown = await as(tenant).post('/v1/notifications', { to: { user_id: 'nobody' }, text: 'hi' })
  const foreign = await as(tenant).post('/v1/notifications', { to: { connection_id: foreignId }, text: 'hi' })

  expect(unknown.json()).toMatchObject({
    status: 422,
    code: 'user_not_connected',
    errors: [{ pointer: '/to/user_id' }],
  })
  expect(foreign.json()).toMatchObject({
    status: 422,
    code: 'user_not_connected',
    errors: [{ pointer: '/to/connection_id' }],
  })
})

test('repeats the first answer for the same idempotency key, even when the user has gone', async ({
  api,
  as,
  db,
  tenant,
}) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const send = (text: string) =>
    as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text }, { 'idempotency-key': 'k' })
  const first = await send('hi')
  await db.connection.updateMany({ where: { tenantId: tenant.id }, data: { status: 'gone' } })

  const second = await send('hi')
  const other = await send('other')

  expect(second.statusCode).toBe(202)
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.json()).toEqual(first.json())
  expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
})

test('lets one of many concurrent requests with one idempotency key take effect', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const send = () =>
    as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' }, { 'idempotency-key': 'k' })

  const responses = await Promise.all(Array.from({ length: 20 }, send))

  expect(new Set(responses.map((response) => response.json<{ id: string }>().id)).size).toBe(1)
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(1)
})

test('keeps two tenants with one idempotency key apart', async ({ api, as, db, tenant }) => {
  const other = await createTenant(db)
  for (const each of [tenant, other]) {
    await createBot(api, each)
    await createConnection(db, each, 'u')
  }
  const send = (each: typeof tenant) =>
    as(each).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' }, { 'idempotency-key': 'k' })

  const [first, second] = await Promise.all([send(tenant), send(other)])

  expect(first.json<{ id: string }>().id).not.toBe(second.json<{ id: string }>().id)
})

test('measures the message as Telegram will: formatted, in code points', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const send = (text: string, format = 'markdown') =>
    as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text, format, overflow: 'reject' })

  expect((await send(`**${'👍'.repeat(4_096)}**`)).statusCode).toBe(202)
  expect((await send('x'.repeat(4_097))).json()).toMatchObject({
    status: 422,
    code: 'message_too_long',
    errors: [{ pointer: '/text' }],
  })
  expect((await send('** **', 'plain')).statusCode).toBe(202)
  expect((await send(' \n\u200b')).json()).toMatchObject({ status: 422, code: 'text_empty' })
})

test('lists notifications, newest first, by user, state and time', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  for (const user of ['a', 'b']) await createConnection(db, tenant, user)
  const ids: string[] = []
  for (const user of ['a', 'b', 'a'])
    ids.push(
      (await as(tenant).post('/v1/notifications', { to: { user_id: user }, text: 'hi' })).json<{ id: string }>().id,
    )
  const list = async (query: string) =>
    (await as(tenant).get(`/v1/notifications?${query}`)).json<{ data: { id: string }[]; next_cursor: string }>()
  const idsOf = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id)

  const first = await list('limit=2')
  const rest = await list(`limit=2&cursor=${first.next_cursor}`)

  expect([...idsOf(first), ...idsOf(rest)]).toEqual(ids.toReversed())
  expect(idsOf(await list('user_id=b'))).toEqual([ids[1]])
  expect(idsOf(await list('status=settled'))).toEqual([])
  expect(idsOf(await list('status=queued&user_id=a'))).toEqual([ids[2], ids[0]])
  expect(idsOf(await list(`before=${new Date(Date.now() - 60_000).toISOString()}`))).toEqual([])
})

test("answers 404 for another tenant's notification", async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const stranger = await createTenant(db)
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' })).json()

  expect((await as(stranger).get(`/v1/notifications/${id}`)).statusCode).toBe(404)
  expect((await as(stranger).get('/v1/notifications')).json()).toEqual({ data: [], next_cursor: null })
})

test.for(['colour', 'button', 'parse_mode'])('refuses the unknown field %s', async (field, { as, tenant }) => {
  const response = await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi', [field]: null })

  expect(response.json()).toMatchObject({ status: 400, errors: [{ pointer: `/${field}`, code: 'unknown_field' }] })
})

test('gives up waiting when the preferred time is over', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')

  const response = await as(tenant).post(
    '/v1/notifications',
    { to: { user_id: 'u' }, text: 'hi' },
    { prefer: 'respond-async, wait=1' },
  )

  expect(response.headers['preference-applied']).toBe('wait=1')
  expect(response.json()).toMatchObject({ status: 'in_progress', counts: { queued: 1 } })
})

test.for([
  ['notifications:read', 'post'],
  ['notifications:write', 'get'],
] as const)('a key with %s alone may not %s', async ([scope, method], { as, db }) => {
  const tenant = await createTenant(db, [scope])

  const response =
    method === 'post'
      ? await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'hi' })
      : await as(tenant).get('/v1/notifications')

  expect(response.json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
})
