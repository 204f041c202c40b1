import { expect } from 'vitest'
import { createBot, createTenant, test } from '../../../test/fixtures.js'

test('issues a link with every way to use it', async ({ api, as, tenant }) => {
  const bot = await createBot(api, tenant)

  const response = await as(tenant).post('/v1/connect-links', { user_id: 'u/1', metadata: { a: 1 } })

  const link = response.json()
  const token = new URL(link.url).searchParams.get('start')
  expect(response.statusCode).toBe(201)
  expect(response.headers['location']).toBe(`/v1/connect-links/${link.id}`)
  expect(token).toMatch(/^[A-Za-z0-9]{32}$/)
  expect(link).toMatchObject({
    id: expect.stringMatching(/^lnk_[0-9a-z]{26}$/),
    status: 'pending',
    user_id: 'u/1',
    bot_id: bot.id,
    url: `https://t.me/${bot.username}?start=${token}`,
    app_url: `tg://resolve?domain=${bot.username}&start=${token}`,
    qr_svg: expect.stringContaining('<svg'),
    start_command: `/start ${token}`,
    connect_page_url: expect.stringContaining(`/c/${token}`),
    metadata: { a: 1 },
  })
})

test('creates a user that is not known yet', async ({ api, as, tenant }) => {
  await createBot(api, tenant)

  await as(tenant).post('/v1/connect-links', { user_id: 'new' })

  expect((await as(tenant).get('/v1/users/new')).statusCode).toBe(200)
})

test('expires a link after its time', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const { id } = (await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()
  await db.connectLink.updateMany({ where: { tenantId: tenant.id }, data: { expiresAt: new Date(Date.now() - 1) } })

  expect((await as(tenant).get(`/v1/connect-links/${id}`)).json()).toMatchObject({ status: 'expired' })
})

test('never shows the token again, nor stores it', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const link = (await as(tenant).post('/v1/connect-links', { user_id: 'u' }, { 'idempotency-key': 'k' })).json()
  const token = new URL(link.url).searchParams.get('start') ?? ''

  const again = await as(tenant).get(`/v1/connect-links/${link.id}`)

  expect(again.body).not.toContain(token)
  const stored =
    await db.$queryRaw`SELECT l::text AS link, k::text AS key FROM connect_links l JOIN idempotency_keys k USING (tenant_id)`
  expect(JSON.stringify(stored)).not.toContain(token)
})

test('asks which bot when there is none or there are several', async ({ api, as, tenant }) => {
  const none = await as(tenant).post('/v1/connect-links', { user_id: 'u' })
  await createBot(api, tenant)
  const second = await createBot(api, tenant)
  const several = await as(tenant).post('/v1/connect-links', { user_id: 'u' })
  const named = await as(tenant).post('/v1/connect-links', { user_id: 'u', bot_id: second.id })

  expect(none.json()).toMatchObject({ status: 422, code: 'bot_required' })
  expect(several.json()).toMatchObject({ status: 422, code: 'bot_required' })
  expect(named.json()).toMatchObject({ status: 'pending', bot_id: second.id })
})

test("does not issue links on another tenant's bot", async ({ api, as, tenant, db }) => {
  const stranger = await createTenant(db)
  const foreign = await createBot(api, stranger)

  const response = await as(tenant).post('/v1/connect-links', { user_id: 'u', bot_id: foreign.id })

  expect(response.json()).toMatchObject({ status: 404, code: 'not_found', errors: [{ pointer: '/bot_id' }] })
})

test('repeats the whole first answer for the same idempotency key', async ({ api, as, tenant }) => {
  await createBot(api, tenant)
  const send = () => as(tenant).post('/v1/connect-links', { user_id: 'u' }, { 'idempotency-key': 'same' })

  const first = await send()
  const second = await send()

  expect(second.statusCode).toBe(201)
  expect(second.headers['idempotency-replayed']).toBe('true')
  expect(second.json()).toEqual(first.json())
})

test('refuses the same idempotency key for another body', async ({ api, as, tenant }) => {
  await createBot(api, tenant)
  await as(tenant).post('/v1/connect-links', { user_id: 'a' }, { 'idempotency-key': 'k' })

  const response = await as(tenant).post('/v1/connect-links', { user_id: 'b' }, { 'idempotency-key': 'k' })

  expect(response.json()).toMatchObject({ status: 422, code: 'idempotency_mismatch' })
})

test('lets one of many concurrent requests with one idempotency key take effect', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const send = () => as(tenant).post('/v1/connect-links', { user_id: 'u' }, { 'idempotency-key': 'k' })

  const responses = await Promise.all(Array.from({ length: 8 }, send))

  expect(responses.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 8 }, () => 201))
  expect(new Set(responses.map((response) => response.json<{ url: string }>().url)).size).toBe(1)
  expect(await db.connectLink.count({ where: { tenantId: tenant.id } })).toBe(1)
})

test('does not keep a refusal under its idempotency key', async ({ api, as, tenant }) => {
  const send = () => as(tenant).post('/v1/connect-links', { user_id: 'u' }, { 'idempotency-key': 'k' })
  expect((await send()).statusCode).toBe(422)
  await createBot(api, tenant)

  expect((await send()).statusCode).toBe(201)
})

test('revokes a link once', async ({ api, as, tenant }) => {
  await createBot(api, tenant)
  const { id } = (await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()

  const first = await as(tenant).delete(`/v1/connect-links/${id}`)
  const second = await as(tenant).delete(`/v1/connect-links/${id}`)

  expect(first.statusCode).toBe(204)
  expect(second.json()).toMatchObject({ status: 409, code: 'conflict', detail: expect.stringContaining('revoked') })
  expect((await as(tenant).get(`/v1/connect-links/${id}`)).json()).toMatchObject({ status: 'revoked' })
})

test("answers 404 for another tenant's link", async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const stranger = await createTenant(db)
  const { id } = (await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()

  expect((await as(stranger).get(`/v1/connect-links/${id}`)).statusCode).toBe(404)
  expect((await as(stranger).delete(`/v1/connect-links/${id}`)).statusCode).toBe(404)
})

test('answers 404 for an id of another kind', async ({ as, tenant }) => {
  const response = await as(tenant).get('/v1/connect-links/bot_01m7yvzk35fvyby13znbftzpgx')

  expect(response.json()).toMatchObject({ status: 404, code: 'not_found' })
})

test('answers 404 for ids of the right form that nothing has', async ({ as, tenant }) => {
  const letters = '0123456789abcdefghjkmnpqrstvwxyz'.split('')
  for (let round = 0; round < 100; round++) {
    const id = Array.from({ length: 25 }, () => letters[Math.floor(Math.random() * letters.length)]).join('')
    const response = await as(tenant).get(`/v1/connect-links/lnk_${round % 8}${id}`)
    expect(response.json()).toMatchObject({ status: 404, errors: [{ pointer: '/id' }] })
  }
})

test('returns at once from waiting when the link is revoked meanwhile', async ({ api, as, tenant }) => {
  await createBot(api, tenant)
  const { id } = (await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()

  const waiting = as(tenant).get(`/v1/connect-links/${id}?wait=30`)
  await as(tenant).delete(`/v1/connect-links/${id}`)

  expect((await waiting).json()).toMatchObject({ status: 'revoked' })
})

test('needs the scope links:write', async ({ as, db }) => {
  const tenant = await createTenant(db, ['users:read'])

  expect((await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
})

test('lists links, newest first, by user and status', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  const issue = async (userId: string) =>
    (await as(tenant).post('/v1/connect-links', { user_id: userId })).json<{ id: string }>()
  const [old, revoked, pending] = [await issue('a'), await issue('a'), await issue('b')]
  await as(tenant).delete(`/v1/connect-links/${revoked.id}`)
  const [expired] = await db.connectLink.findMany({ where: { tenantId: tenant.id }, orderBy: { id: 'asc' } })
  await db.connectLink.updateMany({ where: { id: expired?.id ?? '' }, data: { expiresAt: new Date(0) } })
  const idsOf = async (query: string) =>
    (await as(tenant).get(`/v1/connect-links${query}`)).json().data.map((each: { id: string }) => each.id)

  expect(await idsOf('')).toEqual([pending.id, revoked.id, old.id])
  expect(await idsOf('?user_id=b')).toEqual([pending.id])
  expect(await idsOf('?status=pending')).toEqual([pending.id])
  expect(await idsOf('?status=expired')).toEqual([old.id])
  expect(await idsOf('?status=revoked')).toEqual([revoked.id])
})

test('has a code that no other link of the bot has, and asks for what the tenant has set', async ({
  api,
  as,
  tenant,
}) => {
  await createBot(api, tenant)
  await as(tenant).patch('/v1/connect-settings', { confirm: 'number' })
  const issue = async (body: object) =>
    (await as(tenant).post('/v1/connect-links', { user_id: 'u', ...body })).json<Record<string, unknown>>()

  const links = await Promise.all(Array.from({ length: 20 }, () => issue({ account_label: '+49 170 1234567' })))
  const tapped = await issue({ confirm: 'tap' })

  expect(new Set(links.map(({ code }) => code)).size).toBe(20)
  expect(links[0]).toMatchObject({
    code: expect.stringMatching(/^[2-9C-X]{4}-[2-9C-X]{4}$/),
    confirm: 'number',
    number: expect.any(Number),
    account_label: '•••67',
  })
  expect(tapped).toMatchObject({ confirm: 'tap', number: null, account_label: null })
  const shown = (await as(tenant).get(`/v1/connect-links/${links[0]?.['id'] as string}`)).json()
  expect(shown).not.toHaveProperty('code')
  expect(shown).not.toHaveProperty('number')
})

test('asks for rights of an administrator where there are some', async ({ api, as, tenant }) => {
  const { username } = await createBot(api, tenant)
  const issue = (body: object) => as(tenant).post('/v1/connect-links', { user_id: 'u', ...body })

  const channel = await issue({ chat: 'channel', admin_rights: ['edit_messages'] })
  const alone = await issue({ admin_rights: ['pin_messages'] })
  const unknown = await issue({ chat: 'group', admin_rights: ['rule_the_world'] })

  expect(channel.json()).toMatchObject({
    url: `https://t.me/${username}?startchannel&admin=post_messages+edit_messages`,
    admin_rights: ['edit_messages'],
  })
  expect([alone.statusCode, unknown.statusCode]).toEqual([400, 400])
  expect(alone.json().errors[0].pointer).toBe('/admin_rights')
})

test('counts how far people come, by day', async ({ api, as, app, db, tenant }) => {
  await createBot(api, tenant)
  const issue = async () => (await as(tenant).post('/v1/connect-links', { user_id: 'u' })).json()
  const opened = await issue()
  await issue()
  await issue()
  await app.inject(new URL(opened.connect_page_url as string).pathname)
  const used = await db.connectLink.findFirstOrThrow({ where: { tenantId: tenant.id, openedAt: null } })
  await db.connectLink.updateMany({ where: { id: used.id }, data: { usedAt: new Date(), status: 'used' } })
  const funnel = (query = '') => as(tenant).get(`/v1/connect-links/funnel${query}`)

  const today = new Date().toISOString().slice(0, 10)
  expect((await funnel()).json()).toMatchObject({
    to: today,
    days: [{ day: today, issued: 3, opened: 2, started: 1, connected: 1 }],
  })
  expect((await funnel('?from=2020-01-01&to=2020-02-01')).json()).toMatchObject({ days: [] })
  expect((await funnel('?from=2026-01-01&to=2026-11-01')).statusCode).toBe(400)
  expect((await funnel('?from=2026-02-30')).statusCode).toBe(400)
})
