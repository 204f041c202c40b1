import { expect } from 'vitest'
import { createBot, createConnection, createTenant, test } from '../../../test/fixtures.js'

test('lists connections, newest first, by user, bot and status', async ({ api, as, db, tenant }) => {
  const bot = await createBot(api, tenant)
  const first = await createConnection(db, tenant, 'a')
  await createConnection(db, tenant, 'b')
  await db.connection.updateMany({ where: { id: first.id }, data: { status: 'blocked' } })
  const usersOf = async (query: string) =>
    (await as(tenant).get(`/v1/connections${query}`)).json().data.map((each: { user_id: string }) => each.user_id)

  expect(await usersOf('')).toEqual(['b', 'a'])
  expect(await usersOf('?user_id=a')).toEqual(['a'])
  expect(await usersOf('?status=blocked')).toEqual(['a'])
  expect(await usersOf(`?bot_id=${bot.id}&status=active`)).toEqual(['b'])
  expect(await usersOf('?bot_id=bot_of_nobody')).toEqual([])
})

test('goes on with the next page, of the same list alone', async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  for (const user of ['a', 'b', 'c']) await createConnection(db, tenant, user)

  const page = (await as(tenant).get('/v1/connections?limit=2')).json()
  const next = (await as(tenant).get(`/v1/connections?limit=2&cursor=${page.next_cursor}`)).json()
  const foreign = await as(tenant).get(`/v1/connections?limit=2&status=active&cursor=${page.next_cursor}`)

  expect(page.data).toHaveLength(2)
  expect(next).toMatchObject({ data: [{ user_id: 'a' }], next_cursor: null })
  expect(foreign.json()).toMatchObject({ status: 400, errors: [{ pointer: '/cursor', code: 'invalid_cursor' }] })
})

test("ends a connection, and shows nobody another tenant's", async ({ api, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'a')
  const stranger = await createTenant(db)
  const { id } = (await as(tenant).get('/v1/connections')).json().data[0]

  expect((await as(stranger).get(`/v1/connections/${id}`)).statusCode).toBe(404)
  expect((await as(stranger).delete(`/v1/connections/${id}`)).statusCode).toBe(404)
  expect((await as(tenant).delete(`/v1/connections/${id}`)).statusCode).toBe(204)
  expect((await as(tenant).get(`/v1/connections/${id}`)).json()).toMatchObject({ status: 'gone' })
})
