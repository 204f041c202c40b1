import { connectDatabase } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findTables } from './find-tables.js'
import { joinWorld, type Json, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

const admin = () => ({ authorization: `Bearer ${world.adminKey}` })

const findInTables = (text: string) => findTables(world.database, [text])

/** Does everything with a user that leaves something behind. */
async function live(userId: string, name: string): Promise<{ person: Awaited<ReturnType<World['newPerson']>> }> {
  await world.call('PUT', `/v1/users/${userId}`, { attributes: { name }, locale: 'de' })
  const person = await world.newPerson(name)
  const link = await world.call('POST', '/v1/connect-links', { user_id: userId, account_label: name })
  await person.open(link.body['url'] as string)
  await person.hears('You are connected')
  const waiting = await world.call('POST', '/v1/connect-links', { user_id: userId, account_label: `${name}, again` })
  expect(waiting.status).toBe(201)
  await world.call('PUT', `/v1/topics/news/subscribers/${userId}`)
  await world.settled(await world.tell(userId, `Dear ${name}`))
  await world.settled(await world.tell(userId, { text: `Thread of ${name}`, thread_key: 't' }))
  await person.say(`I am ${name}`)
  await eventually(
    () => world.events('message.received'),
    (events) => events.some(({ text }) => text === `I am ${name}`),
  )
  await world.call('POST', '/v1/questions', {
    to: { user_id: userId },
    text: `${name}, is it you?`,
    options: [{ id: 'yes', text: 'Yes' }],
  })
  await person.press('Yes')
  await eventually(
    async () => (await person.messages()).at(-1)?.['text'] as string,
    (text) => text.includes('✓ Yes'),
  )
  return { person }
}

test('an export has everything, and an erasure leaves nothing but that there was one', async () => {
  const name = 'Quirinius Plantedname'
  const { person } = await live('planted', name)
  await world.connect('bystander')
  await world.call('POST', '/v1/questions', {
    to: { user_ids: ['planted', 'bystander'] },
    text: 'Who comes?',
    options: [{ id: 'me', text: 'Me' }],
  })
  await person.press('Me')
  const { body: connected } = await world.call('GET', '/v1/users/planted')
  const [connection] = connected['connections'] as Json[]
  const toChat = await world.call('POST', '/v1/questions', {
    to: { connection_id: connection?.['id'] },
    text: `Is this the chat of ${name}?`,
    options: [{ id: 'yes', text: 'It is' }],
  })
  expect(toChat.status).toBe(201)
  await person.press('It is')
  await world.events('question.answered')
  const { body: toAll } = await world.call('POST', '/v1/questions', {
    to: { user_ids: ['planted', 'bystander'] },
    text: 'Who is in?',
    options: [{ id: 'in', text: 'I am in' }],
    quorum: 'all',
  })
  await person.press('I am in')
  const { id: both } = await world.post({ to: { user_ids: ['planted', 'bystander'] }, text: 'To both' })
  await world.settled(both as string)

  const exported = await world.call('GET', '/v1/users/planted/export')
  expect(exported.status).toBe(200)
  expect(exported.body).toMatchObject({
    user: { user_id: 'planted', attributes: { name }, connections: [{ display_name: name }] },
    links: [{ account_label: name }, { account_label: `${name}, again` }],
    topics: ['news'],
    is_complete: true,
  })
  const texts = (exported.body['notifications'] as Json[]).map(({ text }) => text as string)
  expect(texts).toEqual(expect.arrayContaining([`Dear ${name}`, 'To both', `${name}, is it you?`]))
  expect(JSON.stringify(exported.body['events'])).toContain(`I am ${name}`)
  // The question is open: nothing else tells what was answered.
  expect(exported.body['answers']).toContainEqual(
    expect.objectContaining({
      question_id: toAll['id'],
      answer: expect.objectContaining({ option: 'in', user_id: 'planted' }),
    }),
  )
  expect((await findInTables(name)).length).toBeGreaterThan(5)

  const [toBoth] = (exported.body['notifications'] as Json[]).filter(({ text }) => text === 'To both')
  expect(toBoth).toMatchObject({ to: { user_ids: ['planted'] } })
  const repeated = { user_id: 'planted', account_label: name }
  const asked1 = await world.call('POST', '/v1/connect-links', repeated, { 'idempotency-key': 'link-again' })
  expect(asked1.status).toBe(201)

  const asked = await world.call('DELETE', '/v1/users/planted')
  expect(asked).toMatchObject({ status: 202, body: { status: 'erasing', erased_at: null } })
  const erased = await eventually(
    async () => (await world.call('DELETE', '/v1/users/planted')).body,
    ({ status }) => status === 'erased',
  )

  expect(erased['removed']).toMatchObject({ connections: 1, connect_links: 3, users: 1 })
  const anew = await world.call('POST', '/v1/connect-links', repeated, { 'idempotency-key': 'link-again' })
  expect(anew.headers.get('idempotency-replayed')).toBeNull()
  await world.call('DELETE', '/v1/users/planted')
  await eventually(
    async () => (await world.call('DELETE', '/v1/users/planted')).body,
    ({ status }) => status === 'erased',
  )
  expect(await findInTables(name)).toEqual([])
  // Answers that are given again for a day hold the id in a sealed form at most.
  expect(await findInTables('planted')).toEqual([])
  expect(world.output()).not.toContain(name)
  expect((await world.call('GET', '/v1/users/planted')).status).toBe(404)
  expect(await world.notification(both as string)).toMatchObject({
    to: { user_ids: ['bystander'] },
    counts: { sent: 1 },
  })
  expect((await world.call('GET', '/v1/users/bystander')).body['connections']).toHaveLength(1)
  const verdict = await eventually(
    async () => (await world.call('GET', '/v1/audit/verify')).body,
    ({ unsealed }) => unsealed === 0,
  )
  expect(verdict).toMatchObject({ is_intact: true })
})

test('somebody who was erased can come back, and nobody else is erased', async () => {
  await live('returning', 'Returning Person')
  await world.call('DELETE', '/v1/users/returning')
  await eventually(
    async () => (await world.call('DELETE', '/v1/users/returning')).body,
    ({ status }) => status === 'erased',
  )
  await world.connect('returning')

  expect((await world.call('GET', '/v1/users/returning')).body['connections']).toHaveLength(1)
  expect((await world.call('DELETE', '/v1/users/nobody')).status).toBe(404)
  expect((await world.call('GET', '/v1/users/nobody/export')).status).toBe(404)
})

test('whatever a user is called, only that user’s own is erased', async () => {
  for (const userId of ['actor_id', 'id', 'option', 'live']) {
    await world.call('PUT', `/v1/users/${userId}`, {})
    const erased = async () =>
      ((await world.call('GET', '/v1/audit?limit=100')).body['data'] as Json[]).filter((entry) => entry['is_erased'])
        .length
    const before = await erased()
    await world.call('DELETE', `/v1/users/${userId}`)
    await eventually(
      async () => (await world.call('DELETE', `/v1/users/${userId}`)).body,
      ({ status }) => status === 'erased',
    )
    expect(await erased()).toBe(before)
  }
})

test('a tenant that is deleted can be brought back for a while, and is gone then', async () => {
  const { body: tenant } = await world.call('POST', '/admin/v1/tenants', { name: 'Vanishing Inc' }, admin())
  const path = `/admin/v1/tenants/${tenant['id']}`
  const scopes = ['users:write', 'users:read', 'webhooks:write', 'templates:write', 'topics:write', 'bots:write']
  const { body: issued } = await world.call('POST', `${path}/keys`, { name: 'k', scopes }, admin())
  const as = { authorization: `Bearer ${issued['key']}` }
  await world.call('PUT', '/v1/users/u', { attributes: { name: 'Vanishing User' } }, as)
  await world.call('POST', '/v1/webhooks', { url: 'https://vanishing.example.com/' }, as)
  const { body: bot } = await world.control('POST', '/bots', {})
  await world.call('POST', '/v1/bots', { token: bot['token'] }, as)
  const timesForgotten = async () =>
    ((await world.control('GET', `/requests?bot=${bot['username']}`)).body['data'] as Json[]).filter(
      ({ method }) => method === 'deleteWebhook',
    ).length
  const before = await timesForgotten()

  expect((await world.call('DELETE', path, undefined, admin())).body).toMatchObject({ status: 'deleted' })
  await eventually(
    async () => (await world.call('GET', '/v1/users', undefined, as)).body['code'],
    (code) => code === 'tenant_suspended',
  )
  expect((await world.call('POST', `${path}/undelete`, undefined, admin())).body).toMatchObject({ status: 'active' })
  await eventually(
    async () => (await world.call('GET', '/v1/users', undefined, as)).status,
    (status) => status === 200,
  )

  await world.call('DELETE', path, undefined, admin())
  const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
  await db.erasure.updateMany({ where: { userDigest: null }, data: { dueAt: new Date() } })
  await db.$disconnect()
  const gone = await eventually(
    async () => (await world.call('GET', path, undefined, admin())).body,
    ({ status }) => status === 'erased',
  )

  expect(gone['name']).not.toContain('Vanishing')
  for (const text of ['Vanishing', 'vanishing.example.com']) expect(await findInTables(text)).toEqual([])
  expect(await timesForgotten()).toBeGreaterThan(before)
  expect((await world.call('POST', `${path}/undelete`, undefined, admin())).status).toBe(409)
  const { body: audit } = await world.call('GET', `/admin/v1/audit?tenant_id=${tenant['id']}`, undefined, admin())
  expect((audit['data'] as Json[])[0]).toMatchObject({ action: 'tenant.erased', after: { removed: { users: 1 } } })
  expect((await world.call('GET', '/v1/users/bystander')).status).toBe(200)
})
