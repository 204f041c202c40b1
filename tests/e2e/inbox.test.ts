import { connectDatabase } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type Json, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

const unheard = 'Messages that are sent here are not read.'

const connectionOf = async (userId: string): Promise<string> =>
  ((await world.call('GET', `/v1/connections?user_id=${userId}`)).body['data'] as Json[])[0]?.['id'] as string
const chatsOf = async (filter = ''): Promise<Json[]> =>
  (await world.call('GET', `/v1/chats${filter}`)).body['data'] as Json[]
const chatOf = async (connection: string): Promise<Json | undefined> =>
  (await chatsOf('?limit=100')).find((chat) => chat['connection']['id'] === connection)
const messagesOf = async (connection: string): Promise<Json[]> =>
  (await world.call('GET', `/v1/chats/${connection}/messages`)).body['data'] as Json[]
const untilUnread = (connection: string, count: number): Promise<Json | undefined> =>
  eventually(
    () => chatOf(connection),
    (chat) => chat?.['unread'] === count,
  )
/** As if nobody had asked for events or the inbox for a month. */
const forgetListening = async (): Promise<void> => {
  const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
  await db.tenant.updateMany({ data: { listenedAt: new Date(Date.now() - 30 * 86_400_000) } })
  await db.$disconnect()
}

test('whoever writes where nobody listens is told so, once in a day', async () => {
  const person = await world.connect('unheard')
  await person.say('hello?')
  await person.hears(unheard)
  await person.say('hello??')
  await person.say('/help')
  await person.hears('Notifications arrive here.')

  expect((await person.answers()).filter(({ text }) => String(text).includes(unheard))).toHaveLength(1)
})

test('a tenant may say that a message has arrived, in its own words, or nothing', async () => {
  await world.call('PATCH', '/v1/inbox-settings', { auto_answer: 'always' })
  await world.call('PATCH', '/v1/connect-settings', { texts: { en: { received: '{tenant} calls you back.' } } })
  const person = await world.connect('answered')
  await person.say('call me')
  await person.hears('calls you back.')
  const changed = await world.call('PATCH', '/v1/inbox-settings', { auto_answer: 'off' })
  const other = await world.connect('not answered')
  await forgetListening()
  await other.say('anybody?')
  await other.say('/help')
  await other.hears('Notifications arrive here.')

  expect(changed.body).toEqual({ auto_answer: 'off' })
  expect(JSON.stringify(await other.answers())).not.toContain(unheard)
  await world.call('PATCH', '/v1/inbox-settings', { auto_answer: 'unheard' })
})

test.each(['message.*', 'command.received'])('what a webhook for %s takes is heard', async (type) => {
  await forgetListening()
  const { body: webhook } = await world.call('POST', '/v1/webhooks', {
    url: 'https://hooks.example.com/tellwire',
    types: [type],
  })
  const person = await world.connect(`hooked by ${type}`)
  await person.say('hello?')
  await person.say('/help')
  await person.hears('Notifications arrive here.')

  expect(JSON.stringify(await person.answers())).not.toContain(unheard)
  await world.call('DELETE', `/v1/webhooks/${webhook['id']}`)
})

test('who asks for commands alone is listening', async () => {
  await forgetListening()
  await world.call('GET', '/v1/events?type=command.received,user.connected')
  const person = await world.connect('commander')
  await person.say('/order 7')
  await person.say('/help')
  await person.hears('Notifications arrive here.')

  expect(JSON.stringify(await person.answers())).not.toContain(unheard)
})

test('chats are listed with what is unread, the latest first, and read up to a message', async () => {
  const [ada, bob] = [await world.connect('ada'), await world.connect('bob')]
  const [ofAda, ofBob] = [await connectionOf('ada'), await connectionOf('bob')]
  await ada.say('first')
  await untilUnread(ofAda, 1)
  await ada.say('second')
  await untilUnread(ofAda, 2)
  await bob.say('/order 7')
  await untilUnread(ofBob, 1)

  const [latest, before] = await chatsOf('?unread=true')
  expect(latest).toMatchObject({
    connection: { id: ofBob, user_id: 'bob', chat: { type: 'private', title: 'bob' } },
    unread: 1,
    last_message: { text: '/order 7', command: 'order', argument: '7' },
  })
  expect(before).toMatchObject({
    connection: { id: ofAda },
    unread: 2,
    last_message: { text: 'second', direction: 'in' },
  })
  const messages = await messagesOf(ofAda)
  expect(messages.map(({ text }) => text)).toEqual(['second', 'first'])

  const readFirst = await world.call('POST', `/v1/chats/${ofAda}/read`, { up_to: messages[1]?.['id'] })
  expect(readFirst.body).toEqual({ unread: 1 })
  expect((await world.call('POST', `/v1/chats/${ofAda}/read`)).body).toEqual({ unread: 0 })
  expect((await chatsOf('?unread=true')).map((chat) => chat['connection']['id'])).not.toContain(ofAda)
  const foreign = await world.call('POST', `/v1/chats/${ofBob}/read`, { up_to: messages[1]?.['id'] })
  expect(foreign.status).toBe(400)
  expect(foreign.body['errors']).toMatchObject([{ pointer: '/up_to' }])
})

test('pages of chats and of messages hold each of them once', async () => {
  const person = await world.connect('talker')
  const connection = await connectionOf('talker')
  for (let count = 1; count <= 5; count++) {
    await person.say(`number ${count}`)
    await untilUnread(connection, count)
  }
  const readAll = async (path: string): Promise<Json[]> => {
    const items: Json[] = []
    let cursor = ''
    do {
      const { body } = await world.call('GET', `${path}?limit=2${cursor}`)
      items.push(...(body['data'] as Json[]))
      cursor = body['next_cursor'] === null ? '' : `&cursor=${body['next_cursor']}`
    } while (cursor !== '')
    return items
  }

  const texts = (await readAll(`/v1/chats/${connection}/messages`)).map(({ text }) => text)
  const chats = (await readAll('/v1/chats')).map((chat) => chat['connection']['id'] as string)
  expect(texts).toEqual(['number 5', 'number 4', 'number 3', 'number 2', 'number 1'])
  expect(new Set(chats).size).toBe(chats.length)
  expect(chats.length).toBeGreaterThan(2)
})

test('an answer replies to what was written, reads it, and stands beside it', async () => {
  const person = await world.connect('asker')
  const connection = await connectionOf('asker')
  await person.say('Where is my order?')
  await untilUnread(connection, 1)
  const [question] = await messagesOf(connection)
  const body = { text: 'On its **way**', reply_to: question?.['id'] }
  const key = { 'idempotency-key': 'answer-1' }

  const answered = await world.call('POST', `/v1/chats/${connection}/messages`, body, key)
  const repeated = await world.call('POST', `/v1/chats/${connection}/messages`, body, key)

  expect(answered.status).toBe(202)
  expect(repeated.body['id']).toBe(answered.body['id'])
  const arrived = await person.hears('On its way')
  expect(arrived['reply_to']).toBe(question?.['message_id'])
  await world.settled(answered.body['id'] as string)
  expect((await chatOf(connection))?.['unread']).toBe(0)
  expect(await messagesOf(connection)).toMatchObject([
    { id: answered.body['id'], direction: 'out', text: 'On its **way**', status: 'sent' },
    { id: question?.['id'], direction: 'in' },
  ])
  expect(await world.notification(answered.body['id'] as string)).toMatchObject({ reply_to: question?.['id'] })
})

test('any notification may answer what somebody wrote, and is none elsewhere', async () => {
  const [one, other] = [await world.connect('one'), await world.connect('another')]
  const connection = await connectionOf('one')
  await one.say('Is it open?')
  await untilUnread(connection, 1)
  const [question] = await messagesOf(connection)
  await world.post({ to: { user_ids: ['one', 'another'] }, text: 'It is open', reply_to: question?.['id'] })

  expect((await one.hears('It is open'))['reply_to']).toBe(question?.['message_id'])
  expect((await other.hears('It is open'))['reply_to']).toBeNull()
})

test('an answer to what is not of the chat, or in no chat, is refused', async () => {
  await world.connect('lonely')
  const connection = await connectionOf('lonely')
  const path = `/v1/chats/${connection}/messages`
  const [chat] = await chatsOf()
  const foreign = await world.call('POST', path, { text: 'x', reply_to: chat?.['last_message']['id'] })

  expect(foreign).toMatchObject({
    status: 422,
    body: { code: 'reply_target_unknown', errors: [{ pointer: '/reply_to' }] },
  })
  expect((await world.call('POST', path, {})).status).toBe(400)
  expect((await world.call('GET', '/v1/chats/con_nobody/messages')).status).toBe(404)
  expect((await world.call('POST', '/v1/chats/con_nobody/messages', { text: 'x' })).status).toBe(404)
})

test('typing is shown, and not again within four seconds', async () => {
  await world.connect('watched')
  const connection = await connectionOf('watched')
  const show = async () => (await world.call('POST', `/v1/chats/${connection}/typing`)).status

  expect(await Promise.all([show(), show(), show()])).toEqual([204, 204, 204])
  const { body } = await world.control('GET', '/requests')
  expect((body['data'] as Json[]).filter(({ method }) => method === 'sendChatAction')).toHaveLength(1)
})

test('reactions are told, with those of before', async () => {
  const person = await world.connect('reactor')
  await world.settled(await world.tell('reactor', 'Do you like it?'))
  const { message_id: messageId } = await person.hears('Do you like it?')
  const react = (reactions: string[]) =>
    world.control('POST', `/people/${person.id}/react`, { bot: world.bot.username, message_id: messageId, reactions })
  await react(['👍'])
  await react(['🔥'])

  const events = await eventually(
    () => world.events('reaction.changed'),
    ({ length }) => length === 2,
  )
  expect(events).toMatchObject([
    { user_id: 'reactor', message_id: messageId, reactions: ['👍'], previous_reactions: [] },
    { reactions: ['🔥'], previous_reactions: ['👍'], from: { id: String(person.id), name: 'reactor' } },
  ])
})

test('a press of which Telegram shows no message is told all the same', async () => {
  const person = await world.connect('old presser')
  await world.settled(
    await world.tell('old presser', { text: 'Old', buttons: [[{ text: 'Yes', action: 'yes', answer: 'Noted.' }]] }),
  )
  const { message_id: messageId } = await person.hears('Old')
  await world.control('POST', `/people/${person.id}/press`, {
    bot: world.bot.username,
    message_id: messageId,
    row: 0,
    column: 0,
    without_message: true,
  })

  const events = await eventually(
    () => world.events('button.pressed'),
    ({ length }) => length > 0,
  )
  expect(events).toMatchObject([{ user_id: 'old presser', action: 'yes' }])
})
