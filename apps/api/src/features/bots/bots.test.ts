import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { createBot, createConnection, createTenant, startApi, test } from '../../../test/fixtures.js'

async function control(sandbox: string, method: string, path: string, body?: unknown) {
  const response = await fetch(`${sandbox}/sandbox/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return response.json() as Promise<{ id: number; token: string; username: string }>
}

test('registers a bot and never shows its token', async ({ api, as, db, tenant }) => {
  const { token, username, id } = await control(api.sandbox, 'POST', '/bots', {})

  const response = await as(tenant).post('/v1/bots', { token })

  expect(response.statusCode).toBe(201)
  expect(response.json()).toMatchObject({ username, telegram_id: id, mode: 'polling', rate: 30, status: 'active' })
  expect(response.body).not.toContain(token)
  expect((await as(tenant).get(`/v1/bots/${response.json<{ id: string }>().id}`)).json()).toEqual(response.json())
  const stored = await db.bot.findFirstOrThrow({ where: { tenantId: tenant.id } })
  expect(Buffer.from(stored.tokenSealed).toString('latin1')).not.toContain(token.slice(15))
})

test.for(['nonsense', '1:short', `123456:${'A'.repeat(35)}`])(
  'refuses the token %s in words',
  async (token, { as, tenant }) => {
    const response = await as(tenant).post('/v1/bots', { token })

    expect(response.json()).toMatchObject({ status: 422, code: 'bot_token_rejected', errors: [{ pointer: '/token' }] })
    expect(response.body).not.toContain(token)
  },
)

test('registers a bot once, whoever asks', async ({ api, as, db, tenant }) => {
  const { token } = await control(api.sandbox, 'POST', '/bots', {})
  const stranger = await createTenant(db)
  await as(tenant).post('/v1/bots', { token })

  expect((await as(tenant).post('/v1/bots', { token })).json()).toMatchObject({ status: 409, code: 'bot_exists' })
  expect((await as(stranger).post('/v1/bots', { token })).json()).toMatchObject({ status: 409, code: 'bot_exists' })
})

test('of a bot that is not to be registered, Telegram is told nothing', async ({ api, as, db, tenant }) => {
  const { token } = await control(api.sandbox, 'POST', '/bots', {})
  const heardAt = 'http://127.0.0.1:9/updates'
  const askTelegram = async (method: string) =>
    (await (await fetch(`${api.sandbox}/bot${token}/${method}`)).json()) as { ok: boolean; result: { url: string } }
  // It is not asked so twice in a second.
  const hearThere = () =>
    eventually(
      () => askTelegram(`setWebhook?url=${heardAt}`),
      ({ ok }) => ok,
    )
  await hearThere()
  const limited = await createTenant(db)
  await db.tenant.update({ where: { id: limited.id }, data: { limits: { bots: 0 } } })

  expect((await as(limited).post('/v1/bots', { token })).json()).toMatchObject({ code: 'limit_reached' })
  expect((await askTelegram('getWebhookInfo')).result.url).toBe(heardAt)
  expect((await as(tenant).post('/v1/bots', { token })).statusCode).toBe(201)
  await hearThere()
  const stranger = await createTenant(db)
  expect((await as(stranger).post('/v1/bots', { token })).json()).toMatchObject({ code: 'bot_exists' })
  expect((await askTelegram('getWebhookInfo')).result.url).toBe(heardAt)
})

test('repeats the first answer for the same idempotency key', async ({ api, as, tenant }) => {
  const { token } = await control(api.sandbox, 'POST', '/bots', {})
  const first = await as(tenant).post('/v1/bots', { token }, { 'idempotency-key': 'k' })

  const second = await as(tenant).post('/v1/bots', { token }, { 'idempotency-key': 'k' })

  expect(second.statusCode).toBe(201)
  expect(second.json()).toEqual(first.json())
})

test('answers both of two requests with one idempotency key alike', async ({ api, as, tenant }) => {
  const { token } = await control(api.sandbox, 'POST', '/bots', {})
  const post = () => as(tenant).post('/v1/bots', { token }, { 'idempotency-key': 'at once' })

  const answers = await Promise.all([post(), post(), post()])

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201, 201])
  expect(new Set(answers.map(({ body }) => body)).size).toBe(1)
})

test('says that Telegram cannot be reached', async ({ api, as, tenant }) => {
  const { token, username } = await control(api.sandbox, 'POST', '/bots', {})
  await control(api.sandbox, 'POST', '/faults', { bot: username, method: 'getMe', kind: 'status', status: 502 })
  await control(api.sandbox, 'POST', '/faults', { bot: username, method: 'getMe', kind: 'reset' })

  expect((await as(tenant).post('/v1/bots', { token })).json()).toMatchObject({
    status: 502,
    code: 'telegram_unavailable',
    retryable: true,
  })
  expect((await as(tenant).post('/v1/bots', { token })).json()).toMatchObject({
    status: 502,
    code: 'telegram_unavailable',
  })
  expect((await as(tenant).post('/v1/bots', { token })).statusCode).toBe(201)
})

test("does not show another tenant's bot", async ({ api, as, db, tenant }) => {
  const stranger = await createTenant(db)
  const bot = await createBot(api, tenant)

  expect((await as(stranger).get(`/v1/bots/${bot.id}`)).statusCode).toBe(404)
  expect((await as(stranger).get('/v1/bots')).json()).toEqual({ data: [], next_cursor: null })
  expect((await as(tenant).get('/v1/bots')).json()).toMatchObject({ data: [{ id: bot.id }] })
})

test('sets a webhook with a secret where there is a public URL, and takes updates only with it', async () => {
  const api = await startApi({ PUBLIC_URL: 'http://127.0.0.1:9' })
  const tenant = await createTenant(api.services.db)
  const bot = await createBot(api, tenant)
  const { telegramId } = await api.services.db.bot.findFirstOrThrow({ where: { tenantId: tenant.id } })
  const { webhookSecret } = await import('@tellwire/domain')
  const secret = webhookSecret(api.services.sealer, telegramId, 0)
  const send = (body: string, token?: string) =>
    api.app.inject({
      method: 'POST',
      url: `/telegram/${telegramId}`,
      headers: {
        'content-type': 'application/json',
        ...(token === undefined ? {} : { 'x-telegram-bot-api-secret-token': token }),
      },
      payload: body,
    })
  const update = JSON.stringify({ update_id: 7, never_heard_of: { text: 'a\u0000b' } })

  const answers = [
    await send(update),
    await send(update, `${secret}x`),
    await send('{', secret),
    await send('{"a":1}', secret),
    await send(update, secret),
    await send(update, secret),
  ]

  expect(bot).toMatchObject({ mode: 'webhook' })
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([401, 401, 400, 400, 200, 200])
  expect(await api.services.db.update.count()).toBe(1)
  await api.stop()
})

test('changes the rate, beyond 30 a second only for pay', async ({ api, as, tenant }) => {
  const { id } = await createBot(api, tenant)
  const patch = (body: object) =>
    api.app.inject({
      method: 'PATCH',
      url: `/v1/bots/${id}`,
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      payload: JSON.stringify(body),
    })

  const slower = await patch({ rate: 10 })
  const refused = await patch({ rate: 100 })
  const paid = await patch({ rate: 1_000, allow_paid_broadcast: true })
  const noLonger = await patch({ allow_paid_broadcast: false })

  expect(slower.json()).toMatchObject({ rate: 10, allow_paid_broadcast: false })
  expect(refused.json()).toMatchObject({ status: 422, code: 'rate_refused', errors: [{ pointer: '/rate' }] })
  expect(paid.json()).toMatchObject({ rate: 1_000, allow_paid_broadcast: true })
  expect(noLonger.json()).toMatchObject({ status: 422, code: 'rate_refused' })
  expect((await patch({ rate: 1_001 })).statusCode).toBe(400)
  // There is no address for a webhook here.
  const refusedInPart = await patch({ rate: 900, update_mode: 'webhook' })
  expect(refusedInPart.json()).toMatchObject({ status: 422, code: 'webhook_refused' })
  expect((await as(tenant).get(`/v1/bots/${id}`)).json()).toMatchObject({ rate: 1_000 })
})

test('tells what waits in the lane, and how long something new would wait', async ({ api, as, db, tenant }) => {
  const { id } = await createBot(api, tenant)
  for (const userId of ['a', 'b']) await createConnection(db, tenant, userId)
  await as(tenant).post('/v1/notifications', { to: { user_ids: ['a', 'b'] }, text: 'hi', priority: 'bulk' })

  expect((await as(tenant).get(`/v1/bots/${id}/capacity`)).json()).toEqual({
    bot_id: id,
    rate: 30,
    present_rate: 30,
    paused_until: null,
    parked_reason: null,
    backlog: { high: 0, normal: 0, bulk: 2 },
    expected_wait: { high: 0, normal: 0, bulk: 1 },
  })
})

test("takes a new token of the same bot only, and leaves another tenant's bot alone", async ({
  api,
  as,
  db,
  tenant,
}) => {
  const { id } = await createBot(api, tenant)
  const stranger = await createTenant(db)
  const other = await control(api.sandbox, 'POST', '/bots', {})

  const foreign = await as(tenant).put(`/v1/bots/${id}/token`, { token: other.token })
  const unowned = await as(stranger).put(`/v1/bots/${id}/token`, { token: other.token })

  expect(foreign.json()).toMatchObject({ status: 422, code: 'bot_token_rejected' })
  expect(unowned.statusCode).toBe(404)
  expect((await as(stranger).get(`/v1/bots/${id}/capacity`)).statusCode).toBe(404)
})

test('deletes a bot that nobody is connected through, so that it can be registered again', async ({
  api,
  as,
  db,
  tenant,
}) => {
  const { token } = await control(api.sandbox, 'POST', '/bots', {})
  const { id } = (await as(tenant).post('/v1/bots', { token })).json<{ id: string }>()
  await createConnection(db, tenant, 'a')

  const needed = await as(tenant).delete(`/v1/bots/${id}`)
  await db.connection.updateMany({ where: { tenantId: tenant.id }, data: { status: 'gone' } })
  const deleted = await as(tenant).delete(`/v1/bots/${id}`)
  const again = await as(tenant).post('/v1/bots', { token })
  const { id: nextId } = again.json<{ id: string }>()
  const deletedAgain = await as(tenant).delete(`/v1/bots/${nextId}`)
  const third = await as(tenant).post('/v1/bots', { token })

  expect(needed.json()).toMatchObject({ status: 409, code: 'bot_in_use' })
  expect(deleted.statusCode).toBe(204)
  expect((await as(tenant).get(`/v1/bots/${id}`)).statusCode).toBe(404)
  expect(deletedAgain.statusCode).toBe(204)
  const { data } = (await as(tenant).get('/v1/bots')).json<{ data: { id: string }[] }>()
  expect(data.map((bot) => bot.id)).toEqual([third.json<{ id: string }>().id])
})
