import { expect } from 'vitest'
import { createTenant, test } from '../../../test/fixtures.js'

test('subscribes one user, or many, once each', async ({ as, tenant }) => {
  const first = await as(tenant).put('/v1/topics/news/subscribers/a', {})
  const again = await as(tenant).put('/v1/topics/news/subscribers/a', {})
  const many = await as(tenant).post('/v1/topics/news/subscribers', { user_ids: ['c', 'b', 'a'] })

  expect([first.statusCode, again.statusCode]).toEqual([201, 204])
  expect(many.json()).toEqual({ subscribed: 2 })
  expect((await as(tenant).get('/v1/topics')).json()).toMatchObject({ data: [{ topic: 'news', subscribers: 3 }] })
  expect((await as(tenant).get('/v1/topics/news/subscribers?limit=2')).json()).toMatchObject({
    data: [{ user_id: 'a' }, { user_id: 'b' }],
    next_cursor: expect.any(String),
  })
})

test('unsubscribes, and says when there was nobody', async ({ as, tenant }) => {
  await as(tenant).put('/v1/topics/a%2Fb%20c/subscribers/user%2F1', {})

  const first = await as(tenant).delete('/v1/topics/a%2Fb%20c/subscribers/user%2F1')
  const again = await as(tenant).delete('/v1/topics/a%2Fb%20c/subscribers/user%2F1')
  const unknown = await as(tenant).delete('/v1/topics/unknown/subscribers/user')

  expect([first.statusCode, again.statusCode, unknown.statusCode]).toEqual([204, 404, 404])
})

test('keeps the topics of two tenants apart', async ({ as, db, tenant }) => {
  const stranger = await createTenant(db)
  await as(tenant).put('/v1/topics/news/subscribers/a', {})

  expect((await as(stranger).get('/v1/topics')).json()).toEqual({ data: [], next_cursor: null })
  expect((await as(stranger).get('/v1/topics/news/subscribers')).statusCode).toBe(404)
})

test('refuses a key that may only read', async ({ as, db }) => {
  const reader = await createTenant(db, ['topics:read'])

  expect((await as(reader).put('/v1/topics/news/subscribers/a', {})).json()).toMatchObject({
    status: 403,
    code: 'insufficient_scope',
  })
})

test('deletes a topic with its subscriptions, and nothing else', async ({ as, tenant }) => {
  await as(tenant).put('/v1/topics/news/subscribers/a', {})

  const first = await as(tenant).delete('/v1/topics/news')
  const again = await as(tenant).delete('/v1/topics/news')

  expect([first.statusCode, again.statusCode]).toEqual([204, 404])
  expect((await as(tenant).get('/v1/topics')).json().data).toEqual([])
  expect((await as(tenant).get('/v1/users/a')).statusCode).toBe(200)
})
