import { expect } from 'vitest'
import { createTenant, test } from '../../../test/fixtures.js'

interface View {
  id: string
  username: string
}

const makeToken = async (sandbox: string): Promise<string> => {
  const made = await fetch(`${sandbox}/sandbox/v1/bots`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  })
  return ((await made.json()) as { token: string }).token
}

test('a bot of the operator is used by the tenants that want to, each for itself', async ({
  admin,
  api,
  as,
  db,
  tenant,
}) => {
  const token = await makeToken(api.sandbox)
  const registered = await admin.post('/admin/v1/bots', { token })
  const bot = registered.json<View>()
  const other = await createTenant(db)

  expect(registered.statusCode).toBe(201)
  expect((await admin.get('/admin/v1/bots?limit=100')).json()).toMatchObject({
    data: expect.arrayContaining([expect.objectContaining({ id: bot.id })]),
  })
  expect((await as(tenant).get(`/v1/bots/${bot.id}`)).statusCode).toBe(404)
  expect((await as(tenant).get('/v1/shared-bots?limit=100')).json()).toMatchObject({
    data: expect.arrayContaining([
      { id: bot.id, username: bot.username, display_name: expect.any(String), is_used: false },
    ]),
  })
  const used = await as(tenant).put(`/v1/shared-bots/${bot.id}`, undefined)
  expect(used.statusCode).toBe(200)
  expect((await as(tenant).put(`/v1/shared-bots/${bot.id}`, undefined)).statusCode).toBe(200)

  expect((await as(tenant).get(`/v1/bots/${bot.id}`)).json()).toMatchObject({ username: bot.username })
  expect((await as(other).get(`/v1/bots/${bot.id}`)).statusCode).toBe(404)
  expect((await as(tenant).patch(`/v1/bots/${bot.id}`, { rate: 5 })).json()).toMatchObject({ code: 'bot_not_owned' })
  expect((await as(tenant).delete(`/v1/bots/${bot.id}`)).json()).toMatchObject({ code: 'bot_not_owned' })
  const again = await admin.post('/admin/v1/bots', { token })
  expect(again.json()).toMatchObject({ status: 409, code: 'bot_exists' })
})

test('of what waits in a shared bot’s lane a tenant sees its own', async ({ admin, api, as, db, tenant }) => {
  const { id } = (await admin.post('/admin/v1/bots', { token: await makeToken(api.sandbox) })).json<View>()
  const other = await createTenant(db)
  for (const each of [tenant, other]) await as(each).put(`/v1/shared-bots/${id}`, undefined)
  const [bot] = await db.bot.findMany({ where: { tenantId: null }, orderBy: { id: 'desc' }, take: 1 })
  for (const [owner, count] of [
    [tenant, 2],
    [other, 3],
  ] as const) {
    for (let index = 0; index < count; index++) {
      await db.$executeRaw`
        INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind)
        VALUES (uuid_v7(), ${bot?.id}::uuid, ${owner.id}::uuid, 1, ${index}, 'notification')`
    }
  }

  for (let index = 0; index < 400; index++) {
    await db.$executeRaw`
      INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind)
      VALUES (uuid_v7(), ${bot?.id}::uuid, ${other.id}::uuid, 2, ${index}, 'notification')`
  }

  const backlogOf = async (of: typeof tenant) =>
    (await as(of).get(`/v1/bots/${id}/capacity`)).json<{ backlog: object; expected_wait: object }>()
  // How long something waits tells nothing of the others either.
  expect(await backlogOf(tenant)).toMatchObject({
    backlog: { high: 0, normal: 2, bulk: 0 },
    expected_wait: { high: 0, normal: 1, bulk: 0 },
  })
  expect(await backlogOf(other)).toMatchObject({ backlog: { high: 0, normal: 3, bulk: 400 } })
})

test('only a bot that is shared can be used like that, and only admins for bots share one', async ({
  admin,
  api,
  as,
  tenant,
}) => {
  const token = await makeToken(api.sandbox)
  const own = (await as(tenant).post('/v1/bots', { token })).json<View>()
  const { key } = (await admin.post('/admin/v1/keys', { name: 'k', scopes: ['tenants'] })).json<{ key: string }>()

  expect((await as(tenant).put(`/v1/shared-bots/${own.id}`, undefined)).statusCode).toBe(404)
  expect((await as({ key }).post('/admin/v1/bots', { token })).json()).toMatchObject({ code: 'insufficient_scope' })
  expect((await admin.post('/admin/v1/bots', { token: '1:x' })).json()).toMatchObject({ code: 'bot_token_rejected' })
})
