import { keyLock } from '@tellwire/db'
import { expect, vi } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

const inHours = (hours: number): string => new Date(Date.now() + hours * 3_600_000).toISOString()

test('accepts a list, and tells who could not be reached', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  await createConnection(db, tenant, 'b')

  const response = await as(tenant).post('/v1/notifications', { to: { user_ids: ['a', 'nobody', 'b'] }, text: 'hi' })
  const nobody = await as(tenant).post('/v1/notifications', { to: { user_ids: ['nobody', 'no one'] }, text: 'hi' })

  expect(response.json()).toMatchObject({
    deliveries: 2,
    skipped: [{ user_id: 'nobody', reason: 'user_not_connected' }],
  })
  expect(nobody.json()).toMatchObject({
    status: 422,
    code: 'user_not_connected',
    errors: [{ pointer: '/to/user_ids' }],
  })
})

test('gives the first answer again for the same key, with all that it said', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = { to: { user_ids: ['a', 'nobody'] }, text: 'hi', send_at: inHours(1), ttl: 60 }
  const key = { 'idempotency-key': 'k' }

  const first = await as(tenant).post('/v1/notifications', body, key)
  const second = await as(tenant).post('/v1/notifications', body, key)
  const other = await as(tenant).post('/v1/notifications', { ...body, text: 'other' }, key)

  expect(first.json()).toMatchObject({ status: 'scheduled', deliveries: 1, skipped: [{ user_id: 'nobody' }] })
  expect(second.json()).toEqual(first.json())
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(other.json()).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
})

test('carries out one of the requests that come at once with one key', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = { to: { user_id: 'a' }, text: 'hi' }
  const key = { 'idempotency-key': 'at once' }

  const [, ...same] = await Promise.all([
    // While this is being written the others come together.
    as(tenant).post('/v1/notifications', body),
    ...Array.from({ length: 5 }, () => as(tenant).post('/v1/notifications', body, key)),
  ])
  const later = await as(tenant).post('/v1/notifications', body, key)

  expect(later.headers['idempotency-replayed']).toBe('true')
  for (const answer of same) expect(answer.json()).toEqual(later.json())
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(2)
})

test('answers an earlier notification within the window of its dedupe key', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = { to: { user_id: 'a' }, text: 'hi', dedupe: { key: 'order-1', window: 60 } }

  const first = await as(tenant).post('/v1/notifications', body)
  const [second, third] = await Promise.all([
    as(tenant).post('/v1/notifications', { ...body, text: 'again' }, { 'idempotency-key': 'd' }),
    as(tenant).post('/v1/notifications', { ...body, text: 'and again' }),
  ])
  const replayed = await as(tenant).post('/v1/notifications', { ...body, text: 'again' }, { 'idempotency-key': 'd' })
  await db.dedupeKey.updateMany({ where: { tenantId: tenant.id }, data: { expiresAt: new Date(0) } })
  const later = await as(tenant).post('/v1/notifications', body)

  expect(second.json()).toMatchObject({ id: first.json().id, deduplicated: true, deliveries: 1 })
  expect(third.json()).toMatchObject({ id: first.json().id, deduplicated: true })
  expect(replayed.json()).toMatchObject({ id: first.json().id })
  expect(later.json().id).not.toBe(first.json().id)
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(2)
})

test('lets one of many requests with one dedupe key take effect', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = { to: { user_id: 'a' }, text: 'hi', dedupe: { key: 'once', window: 60 } }

  const answers = await Promise.all(Array.from({ length: 20 }, () => as(tenant).post('/v1/notifications', body)))

  expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1)
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(1)
})

test.for([
  ['a time more than a year ahead', { send_at: '2999-01-01T00:00:00Z' }, 'time_out_of_range', '/send_at'],
  ['an end before the beginning', { expires_at: '2020-01-01T00:00:00Z' }, 'time_out_of_range', '/expires_at'],
  ['two ends', { ttl: 60, expires_at: '2999-01-01T00:00:00Z' }, 'impossible_combination', '/ttl'],
  ['an unknown topic', { to: { topic: 'unheard-of' } }, 'topic_unknown', '/to/topic'],
  [
    'to wait for everyone',
    { to: { everyone: true }, if_not_connected: 'hold' },
    'impossible_combination',
    '/if_not_connected',
  ],
] as const)('refuses %s', async ([, fields, code, pointer], { api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')

  const response = await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi', ...fields })

  expect(response.json()).toMatchObject({ status: 422, code, errors: [{ pointer }] })
})

test.for([
  ['two targets', { to: { user_id: 'a', topic: 'b' } }],
  ['not everyone', { to: { everyone: false } }],
  ['no users', { to: { user_ids: [] } }],
  ['a user twice', { to: { user_ids: ['a', 'a'] } }],
  ['501 users', { to: { user_ids: Array.from({ length: 501 }, (_, index) => String(index)) } }],
  ['no window', { dedupe: { key: 'k' } }],
  ['half a surrogate pair in a key', { dedupe: { key: '\ud800', window: 1 } }],
] as const)('does not understand %s', async ([, fields], { as, tenant }) => {
  const response = await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi', ...fields })

  expect(response.json()).toMatchObject({ status: 400 })
})

test('holds what is for a user who is not connected', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)

  const response = await as(tenant).post('/v1/notifications', {
    to: { user_id: 'later' },
    text: 'hi',
    if_not_connected: 'hold',
  })

  const { id } = response.json()
  expect(response.json()).toMatchObject({ status: 'held', deliveries: 1, estimated_send_at: null })
  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject({
    status: 'held',
    counts: { awaiting_user: 1 },
    deliveries: [{ status: 'awaiting_user', user_id: 'later', connection_id: null }],
  })
  expect((await as(tenant).get('/v1/notifications?status=held')).json().data).toHaveLength(1)
  expect(await db.waitingDelivery.count({ where: { tenantId: tenant.id } })).toBe(1)
})

test('answers an audience at once, and counts it later', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  await as(tenant).put('/v1/topics/news/subscribers/a', {})

  const everyone = await as(tenant).post('/v1/notifications', { to: { everyone: true }, text: 'hi' })
  const topic = await as(tenant).post('/v1/notifications', { to: { topic: 'news' }, text: 'hi', send_at: inHours(1) })

  expect(everyone.json()).toMatchObject({ status: 'in_progress', deliveries: null })
  expect(topic.json()).toMatchObject({ status: 'scheduled', deliveries: null })
  expect((await as(tenant).get(`/v1/notifications/${everyone.json().id}`)).json().progress).toMatchObject({
    expected: null,
  })
  expect((await as(tenant).get('/v1/notifications?topic=news')).json().data).toMatchObject([{ id: topic.json().id }])
  expect((await as(tenant).get('/v1/notifications?status=scheduled')).json().data).toMatchObject([
    { id: topic.json().id },
  ])
})

test('accepts a batch, with a result for each in the order of the request', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const notifications = [
    { to: { user_id: 'nobody' }, text: 'hi' },
    { to: { user_id: 'a' }, text: 'hi' },
    { to: { user_id: 'a' }, text: ' ' },
    { to: { user_id: 'a' }, text: 'ho', priority: 'high' },
  ]
  const key = { 'idempotency-key': 'batch' }

  const response = await as(tenant).post('/v1/notifications/batch', { notifications }, key)
  const replayed = await as(tenant).post('/v1/notifications/batch', { notifications }, key)

  expect(response.statusCode).toBe(202)
  expect(response.json()).toMatchObject({
    accepted: 2,
    refused: 2,
    results: [
      { status: 'refused', error: { code: 'user_not_connected' } },
      { status: 'accepted', notification: { deliveries: 1 } },
      { status: 'refused', error: { code: 'text_empty', errors: [{ pointer: '/text' }] } },
      { status: 'accepted' },
    ],
  })
  expect(replayed.json()).toEqual(response.json())
  expect(replayed.headers['idempotency-replayed']).toBe('true')
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(2)
})

test('gives each of a batch its own result, also one that is malformed', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const good = { to: { user_id: 'a' }, text: 'hi' }
  const notifications = [good, { to: { user_id: 'a' }, text: 1 }, 'nonsense', { ...good, colour: 'red' }, good]

  const each = await as(tenant).post('/v1/notifications/batch', { notifications })
  const all = await as(tenant).post('/v1/notifications/batch', { notifications, atomic: true })
  const whole = await as(tenant).post('/v1/notifications/batch', { notifications: good })

  expect(each.json()).toMatchObject({
    accepted: 2,
    refused: 3,
    results: [
      { status: 'accepted' },
      { error: { code: 'invalid_request', errors: [{ pointer: '/text', code: 'wrong_type' }] } },
      { error: { code: 'invalid_request', errors: [{ pointer: '', code: 'wrong_type' }] } },
      { error: { code: 'invalid_request', errors: [{ pointer: '/colour', code: 'unknown_field' }] } },
      { status: 'accepted', notification: { deliveries: 1 } },
    ],
  })
  expect(all.json()).toMatchObject({ status: 400, code: 'invalid_request' })
  expect(all.json().errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual([
    '/notifications/1/text',
    '/notifications/2',
    '/notifications/3/colour',
  ])
  expect(whole.json()).toMatchObject({ status: 400, errors: [{ pointer: '/notifications' }] })
})

test('takes "hold" as an older word for "stop"', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = { to: { user_id: 'a' }, text: 'hi', on_unknown: 'hold' }

  const { id } = (await as(tenant).post('/v1/notifications', body)).json<{ id: string }>()

  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject({ on_unknown: 'stop' })
})

test('shows what was posted under the same names, with its request and its dedupe key', async ({
  api,
  as,
  db,
  tenant,
}) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const body = {
    to: { user_id: 'a' },
    text: '**x**',
    buttons: [[{ text: 'More', url: 'https://example.com/' }]],
    silent: true,
    priority: 'high',
    dedupe: { key: 'd', window: 60 },
    metadata: { order: 8812 },
  }

  const { id } = (await as(tenant).post('/v1/notifications', body, { 'x-request-id': 'r-1' })).json<{ id: string }>()
  const shown = (await as(tenant).get(`/v1/notifications/${id}`)).json()

  expect(shown).toMatchObject({ ...body, request_id: 'r-1', format: 'markdown', protect: false })
  expect(shown.deliveries).toMatchObject([{ attempts: 0, timeline: [{ status: 'accepted', at: shown.created_at }] }])
})

test('accepts all of an atomic batch or none', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const good = { to: { user_id: 'a' }, text: 'hi' }

  const unreachable = await as(tenant).post('/v1/notifications/batch', {
    atomic: true,
    notifications: [good, { to: { user_id: 'nobody' }, text: 'hi' }],
  })
  const unreadable = await as(tenant).post('/v1/notifications/batch', {
    atomic: true,
    notifications: [{ ...good, text: ' ' }, good],
  })
  const complete = await as(tenant).post('/v1/notifications/batch', { atomic: true, notifications: [good, good] })

  expect(unreachable.json()).toMatchObject({
    status: 422,
    code: 'batch_refused',
    errors: [{ pointer: '/notifications/1/to/user_id', code: 'user_not_connected' }],
  })
  expect(unreadable.json()).toMatchObject({ code: 'batch_refused', errors: [{ pointer: '/notifications/0/text' }] })
  expect(complete.json()).toMatchObject({ accepted: 2, refused: 0 })
  expect(await db.notification.count({ where: { tenantId: tenant.id } })).toBe(2)
})

test('cancels, pauses and resumes what waits, once', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi' })).json()
  const paused = () => db.pendingDelivery.count({ where: { tenantId: tenant.id, isPaused: true } })

  expect((await as(tenant).post(`/v1/notifications/${id}/pause`, {})).json()).toMatchObject({ paused: true })
  expect(await paused()).toBe(1)
  expect((await as(tenant).post(`/v1/notifications/${id}/resume`, {})).json()).toMatchObject({ paused: false })
  expect(await paused()).toBe(0)
  expect((await as(tenant).post(`/v1/notifications/${id}/reschedule`, { send_at: inHours(1) })).json()).toMatchObject({
    status: 409,
  })
  const cancelled = await as(tenant).post(`/v1/notifications/${id}/cancel`, {})
  const again = await as(tenant).post(`/v1/notifications/${id}/cancel`, {})

  expect(cancelled.json()).toEqual({ id, status: 'settled', cancelled: 1, sent: 0, in_flight: 0 })
  expect(again.json()).toMatchObject({ cancelled: 0 })
  expect((await as(tenant).post(`/v1/notifications/${id}/pause`, {})).json()).toMatchObject({
    status: 409,
    code: 'conflict',
  })
  expect((await as(tenant).get(`/v1/notifications/${id}`)).json()).toMatchObject({ counts: { cancelled: 1 } })
})

test("does nothing to another tenant's notification", async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const stranger = await createTenant(db)
  const { id } = (
    await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'hi', send_at: inHours(1) })
  ).json()

  const answers = await Promise.all([
    as(stranger).get(`/v1/notifications/${id}/deliveries`),
    as(stranger).post(`/v1/notifications/${id}/cancel`, {}),
    as(stranger).post(`/v1/notifications/${id}/pause`, {}),
    as(stranger).post(`/v1/notifications/${id}/resume`, {}),
    as(stranger).post(`/v1/notifications/${id}/reschedule`, { send_at: inHours(2) }),
  ])
  const replay = await as(stranger).post('/v1/notifications/replay', { filter: { notification_id: id } })

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404, 404, 404, 404])
  expect(replay.json()).toMatchObject({ matched: 0, replayed: 0 })
})

test('lists deliveries page by page', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  for (const userId of ['a', 'b', 'c']) await createConnection(db, tenant, userId)
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_ids: ['a', 'b', 'c'] }, text: 'hi' })).json()

  const first = (await as(tenant).get(`/v1/notifications/${id}/deliveries?limit=2&status=queued`)).json()
  const second = (
    await as(tenant).get(`/v1/notifications/${id}/deliveries?limit=2&status=queued&cursor=${first.next_cursor}`)
  ).json()
  const failed = (await as(tenant).get(`/v1/notifications/${id}/deliveries?reason=recipient_gone`)).json()

  expect([first.data.length, second.data.length, failed.data.length]).toEqual([2, 1, 0])
  expect(second.next_cursor).toBeNull()
})

test('a key that a transaction still uses holds up its own requests, and nobody else', async ({
  api,
  as,
  db,
  tenant,
}) => {
  const stranger = await createTenant(db)
  await createBot(api, tenant)
  await createBot(api, stranger)
  await createConnection(db, tenant, 'a')
  await createConnection(db, stranger, 'b')
  const { engine } = api.services
  const holder = await engine.connect()
  await holder.query('BEGIN')
  await holder.query(`SELECT pg_advisory_xact_lock(${keyLock('idempotency', '$1', '$2')})`, [tenant.id, 'held'])
  const post = (as_: typeof tenant, user: string, key: string) =>
    as(as_).post('/v1/notifications', { to: { user_id: user }, text: 'x' }, { 'idempotency-key': key })

  const held = post(tenant, 'a', 'held')
  const busyElsewhere = as(tenant).post(
    '/v1/topics/news/subscribers',
    { user_ids: ['a'] },
    { 'idempotency-key': 'held' },
  )
  const others = await Promise.all([post(tenant, 'a', 'k1'), post(stranger, 'b', 'held')])
  await holder.query('COMMIT')
  holder.release()

  expect(others.map(({ statusCode }) => statusCode)).toEqual([202, 202])
  // Whichever of the two comes first.
  const statuses = [(await held).statusCode, (await busyElsewhere).statusCode]
  expect(statuses.toSorted((a, b) => a - b)).toEqual([expect.toSatisfy((status: number) => status < 300), 422])
})

test('a tenant that sends more than can be stored is told so, and the others are not', async ({
  api,
  as,
  db,
  tenant,
}) => {
  const stranger = await createTenant(db)
  await createBot(api, tenant)
  await createBot(api, stranger)
  await createConnection(db, tenant, 'a')
  await createConnection(db, stranger, 'b')
  const userIds = ['a', ...Array.from({ length: 499 }, (_, index) => `u_${index}`)]
  const flood = Array.from({ length: 60 }, () =>
    as(tenant).post('/v1/notifications', { to: { user_ids: userIds }, text: 'x' }),
  )

  const other = await as(stranger).post('/v1/notifications', { to: { user_id: 'b' }, text: 'x' })
  const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode)

  expect(other.statusCode).toBe(202)
  expect(statuses).toContain(202)
  expect(statuses).toContain(503)
})

test('one request names ten thousand recipients and no more', async ({ as, tenant }) => {
  const userIds = Array.from({ length: 500 }, (_, index) => `u_${index}`)
  const notifications = Array.from({ length: 21 }, () => ({ to: { user_ids: userIds }, text: 'x' }))

  const response = await as(tenant).post('/v1/notifications/batch', { notifications })

  expect(response.json()).toMatchObject({ status: 422, code: 'too_many_recipients' })
})

test('a request counts with its whole body, whatever of it is large', async ({ api, as, db, tenant }) => {
  const stranger = await createTenant(db)
  await createBot(api, tenant)
  await createBot(api, stranger)
  await createConnection(db, tenant, 'a')
  await createConnection(db, stranger, 'b')
  const value = 'x'.repeat(4_000)
  const buttons = Array.from({ length: 100 }, () => [{ text: 'b', action: 'go', value }])
  const batch = { notifications: Array.from({ length: 8 }, () => ({ to: { user_id: 'a' }, text: 'x', buttons })) }
  const flood = Array.from({ length: 30 }, () => as(tenant).post('/v1/notifications/batch', batch))

  const other = await as(stranger).post('/v1/notifications', { to: { user_id: 'b' }, text: 'x' })
  const statuses = (await Promise.all(flood)).map(({ statusCode }) => statusCode)

  expect(other.statusCode).toBe(202)
  expect(statuses.every((status) => status === 202 || status === 503)).toBe(true)
  expect(statuses).toContain(202)
})

test('of a batch that is on disk nothing but a duplicate is answered with an error', async ({
  api,
  as,
  db,
  tenant,
}) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const dedupe = { key: 'once', window: 60 }
  await as(tenant).post('/v1/notifications', { to: { user_id: 'a' }, text: 'first', dedupe })
  const { accepter } = api.services
  const accept = accepter.accept.bind(accepter)
  // As where the database goes away right after the commit.
  const accepting = vi.spyOn(accepter, 'accept').mockImplementation(async (request) => {
    const accepted = await accept(request)
    await db.dedupeKey.deleteMany({ where: { tenantId: tenant.id } })
    return accepted
  })

  const response = await as(tenant).post('/v1/notifications/batch', {
    notifications: [
      { to: { user_id: 'a' }, text: 'new' },
      { to: { user_id: 'a' }, text: 'again', dedupe },
    ],
  })
  accepting.mockRestore()

  expect(response.statusCode).toBeLessThan(300)
  expect(response.json()).toMatchObject({
    results: [{ status: 'accepted' }, { status: 'refused', error: { code: 'conflict' } }],
  })
})
