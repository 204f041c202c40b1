import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type Json, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

const asAdmin = (method: string, path: string, body?: unknown) =>
  world.call(method, path, body, { authorization: `Bearer ${world.adminKey}` })
const makeBot = async () => (await world.control('POST', '/bots', {})).body as { token: string; username: string }

async function connectionsOf(userId: string): Promise<{ bot: string; status: string }[]> {
  const { body } = await world.call('GET', `/v1/users/${userId}`)
  return (body['connections'] as Json[]).map(({ bot_id: bot, status }) => ({ bot, status }))
}

test('a tenant moves to a bot of its own: its people are invited, and whoever comes is connected there alone', async () => {
  const [comes, stays] = [await world.connect('comes'), await world.connect('stays')]
  await world.connectGroup('group', stays)
  const made = await makeBot()
  const { body: own } = await world.call('POST', '/v1/bots', { token: made.token })
  const invite = () => world.call('POST', `/v1/bots/${own['id']}/invitations`, { from_bot_id: world.bot.id })

  expect(await invite()).toMatchObject({ status: 202, body: { bot_id: own['id'], from_bot_id: world.bot.id } })
  const invitation = await comes.hears(`is moving to @${made.username}`)
  await stays.hears(`is moving to @${made.username}`)
  const [[{ text, url }]] = invitation['buttons']
  expect(text).toBe(`Continue with @${made.username}`)
  await comes.open(url)

  const moved = await eventually(
    () => connectionsOf('comes'),
    (connections) => connections.some(({ bot, status }) => bot === own['id'] && status === 'active'),
  )
  expect(moved).toContainEqual({ bot: world.bot.id, status: 'gone' })
  expect(await connectionsOf('stays')).toEqual([{ bot: world.bot.id, status: 'active' }])
  // The group was not told: others would see the link.
  expect((await world.requests()).filter((request) => /is moving to/.test(request['text']))).toHaveLength(2)

  // Asked for again, whoever is still there is invited once more.
  await invite()
  await stays.hears('is moving to', (await stays.messages()).at(-1)?.['message_id'])
  expect((await world.requests()).filter((request) => /is moving to/.test(request['text']))).toHaveLength(3)
})

test('a bot in use is not deleted before it is said what that would end', async () => {
  const made = await makeBot()
  const { body: bot } = await world.call('POST', '/v1/bots', { token: made.token })
  const path = `/v1/bots/${bot['id']}`
  const person = await world.newPerson('Used')
  const { body: link } = await world.call('POST', '/v1/connect-links', { user_id: 'used', bot_id: bot['id'] })
  await person.open(link['url'])
  await eventually(
    () => connectionsOf('used'),
    ([connection]) => connection?.status === 'active',
  )
  const inOneHour = new Date(Date.now() + 3_600_000).toISOString()
  const { id: later } = await world.post({ to: { user_id: 'used' }, text: 'Later', send_at: inOneHour })

  const refused = await world.call('DELETE', path)
  expect(refused).toMatchObject({ status: 409, body: { code: 'bot_in_use', connections: 1, waiting: 0 } })
  expect(await connectionsOf('used')).toMatchObject([{ status: 'active' }])
  expect((await world.call('DELETE', `${path}?force=true`)).status).toBe(204)

  expect((await world.call('GET', path)).status).toBe(404)
  await eventually(
    () => connectionsOf('used'),
    ([connection]) => connection?.status === 'gone',
  )
  expect(await world.events('user.disconnected')).toContainEqual(expect.objectContaining({ reason: 'bot_left' }))
  // What was to be sent later fails by the time that it is to be sent, at the latest.
  expect(await world.notification(later as string)).toMatchObject({ id: later })
  // Another token, or the same, makes a bot of it again.
  expect((await world.call('POST', '/v1/bots', { token: made.token })).status).toBe(201)
})

test('a tenant leaves a bot that others go on using, and the operator changes and deletes it', async () => {
  const made = await makeBot()
  const { body: shared } = await asAdmin('POST', '/admin/v1/bots', { token: made.token })
  const path = `/admin/v1/bots/${shared['id']}`
  const { body: other } = await asAdmin('POST', '/admin/v1/tenants', { name: 'Other' })
  const { body: issued } = await asAdmin('POST', `/admin/v1/tenants/${other['id']}/keys`, {
    name: 'k',
    scopes: ['bots:read', 'bots:write', 'links:write', 'users:read'],
  })
  const asOther = (method: string, url: string, body?: unknown) =>
    world.call(method, url, body, { authorization: `Bearer ${issued['key']}` })
  const asOwn: typeof asOther = (method, url, body) => world.call(method, url, body)
  for (const call of [asOwn, asOther]) {
    await call('PUT', `/v1/shared-bots/${shared['id']}`)
    const person = await world.newPerson('Sharing')
    const { body: link } = await call('POST', '/v1/connect-links', { user_id: 'sharing', bot_id: shared['id'] })
    await person.open(link['url'])
    await eventually(
      async () => (await call('GET', '/v1/users/sharing')).body['connections'] as Json[],
      ([connection]) => connection?.['status'] === 'active',
    )
  }

  expect(await asOther('DELETE', `/v1/shared-bots/${shared['id']}`)).toMatchObject({
    status: 409,
    body: { code: 'bot_in_use', connections: 1 },
  })
  expect((await asOther('DELETE', `/v1/shared-bots/${shared['id']}?force=true`)).status).toBe(204)
  await eventually(
    async () => (await asOther('GET', '/v1/users/sharing')).body['connections'] as Json[],
    ([connection]) => connection?.['status'] === 'gone',
  )
  expect((await asOther('GET', `/v1/bots/${shared['id']}`)).status).toBe(404)
  expect(await connectionsOf('sharing')).toMatchObject([{ status: 'active' }])
  expect((await world.call('DELETE', `/v1/shared-bots/${world.bot.id}`)).body).toMatchObject({ code: 'conflict' })

  expect((await asAdmin('PATCH', path, { rate: 7 })).body).toMatchObject({ rate: 7 })
  expect((await asAdmin('PUT', `${path}/token`, { token: made.token })).status).toBe(200)
  expect((await asAdmin('GET', path)).body).toMatchObject({ username: made.username, rate: 7 })
  expect((await asAdmin('GET', `/admin/v1/bots/${world.bot.id}`)).status).toBe(404)
  expect((await asAdmin('DELETE', path)).body).toMatchObject({ code: 'bot_in_use', connections: 1 })
  expect((await asAdmin('DELETE', `${path}?force=true`)).status).toBe(204)
  await eventually(
    () => connectionsOf('sharing'),
    ([connection]) => connection?.status === 'gone',
  )
  const { body: audit } = await asAdmin('GET', '/admin/v1/audit?action=bot.deleted')
  expect(audit['data']).toMatchObject([{ object: { id: shared['id'] }, before: { rate: 7 } }, {}])
})
