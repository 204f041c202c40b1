import { connectDatabase } from '@tellwire/db'
import { createSealer, sealBotToken } from '@tellwire/domain'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type Json, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await createWorld()
})
afterAll(() => world.stop())

const heard = async (type: string, isIt: (data: Json) => boolean): Promise<Json> => {
  const events = await eventually(
    async () => (await world.call('GET', `/v1/events?type=${type}`)).body['data'] as Json[],
    (all) => all.some(({ data }) => isIt(data as Json)),
  )
  return events.find(({ data }) => isIt(data as Json))?.['data'] as Json
}

test('a text is told, with who wrote it, for whom, and what it answers', async () => {
  const person = await world.connect('writer')
  const asking = await world.tell('writer', 'How was it?')
  await world.settled(asking)
  const asked = (await person.messages()).at(-1)
  await world.control('POST', `/people/${person.id}/say`, {
    bot: world.bot.username,
    text: 'It was *fine* 👍',
    reply_to: asked?.['message_id'],
  })

  const told = await heard('message.received', ({ text }) => text === 'It was *fine* 👍')

  expect(told).toMatchObject({
    user_id: 'writer',
    connection_id: expect.stringMatching(/^con_/),
    chat_type: 'private',
    content_type: 'text',
    file: null,
    from: { id: String(person.id), name: 'writer' },
    reply_to_message_id: asked?.['message_id'],
    reply_to_notification_id: asking,
    sent_at: expect.stringMatching(/Z$/),
  })
})

test('what nobody is connected to is told to nobody', async () => {
  const stranger = await world.newPerson('Stranger')
  await stranger.say('is anybody there?')
  await stranger.hears('Hello!')
  const { body } = await world.call('GET', '/v1/events?type=message.received')

  expect(JSON.stringify(body)).not.toContain('is anybody there?')
})

test('a command that is not ours is told as one', async () => {
  const person = await world.connect('commander')
  await person.say(`/deploy@${world.bot.username} staging now`)

  expect(await heard('command.received', ({ command }) => command === 'deploy')).toMatchObject({
    argument: 'staging now',
    user_id: 'commander',
  })
})

test.each([
  ['photo', 'image/jpeg', 'image/jpeg'],
  ['document', 'application/pdf', 'application/pdf'],
  ['document', 'text/plain', 'text/plain'],
  ['document', 'application/zip', 'application/zip'],
  [
    'document',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  ],
  ['document', 'text/html', 'application/octet-stream'],
  ['document', 'image/svg+xml', 'application/octet-stream'],
  ['document', 'application/x-javascript', 'application/octet-stream'],
  ['voice', 'audio/ogg', 'audio/ogg'],
  ['video_note', 'video/mp4', 'video/mp4'],
  ['sticker', 'image/webp', 'image/webp'],
  ['animation', 'video/mp4', 'video/mp4'],
])('a %s of type %s is told, and can be had', async (type, mimeType, shownType) => {
  const userId = `sender of ${type} ${mimeType}`.slice(0, 60)
  const person = await world.connect(userId)
  await world.control('POST', `/people/${person.id}/send`, {
    bot: world.bot.username,
    type,
    name: 'größe.pdf',
    mime_type: mimeType,
    caption: 'look',
    content: Buffer.from('the content').toString('base64'),
  })

  const told = await heard('message.received', (data) => data['user_id'] === userId)
  const response = await fetch(`${world.api}/v1/inbound-files/${told['file']['id']}/content`, {
    headers: { authorization: `Bearer ${world.key}` },
  })

  const text = ['video_note', 'sticker'].includes(type) ? null : 'look'
  expect(told).toMatchObject({ content_type: type, text, file: { size: 11 } })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('the content')
  expect(response.headers.get('content-type')).toBe(shownType)
  expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''/)
})

test('a file’s id is of no use to another tenant, nor is one that was made up', async () => {
  const person = await world.connect('secretive')
  await world.control('POST', `/people/${person.id}/send`, { bot: world.bot.username, content: 'eA==' })
  const { file } = await heard('message.received', (data) => data['user_id'] === 'secretive')
  const admin = { authorization: `Bearer ${world.adminKey}` }
  const { body: tenant } = await world.call('POST', '/admin/v1/tenants', { name: 'Other' }, admin)
  const scopes = ['inbox:read']
  const { body: issued } = await world.call(
    'POST',
    `/admin/v1/tenants/${tenant['id']}/keys`,
    { name: 'k', scopes },
    admin,
  )
  const get = (id: string) =>
    world.call('GET', `/v1/inbound-files/${id}/content`, undefined, { authorization: `Bearer ${issued['key']}` })

  expect((await get(file['id'] as string)).status).toBe(404)
  expect((await get('AQxmade_up')).status).toBe(404)
})

test('a place and a contact say what they are', async () => {
  const person = await world.connect('traveller')
  const send = (plain: object) => world.control('POST', `/people/${person.id}/send`, { bot: world.bot.username, plain })
  await send({ location: { latitude: 48.2, longitude: 16.37 } })
  await send({ contact: { phone_number: '+43', first_name: 'Ada' } })
  // A venue comes with its location.
  const location = { latitude: 1, longitude: 2 }
  await send({ location, venue: { location, title: 'Café', address: 'Main St 1' } })
  await send({ checklist: { title: 'To do', tasks: [] } })

  expect(await heard('message.received', (data) => data['content_type'] === 'location')).toMatchObject({
    content: { latitude: 48.2, longitude: 16.37 },
    text: null,
  })
  expect(await heard('message.received', (data) => data['content_type'] === 'contact')).toMatchObject({
    content: { phone_number: '+43' },
  })
  expect(await heard('message.received', (data) => data['content_type'] === 'venue')).toMatchObject({
    content: { title: 'Café', address: 'Main St 1' },
  })
  expect(await heard('message.received', (data) => data['content_type'] === 'checklist')).toMatchObject({
    content: { title: 'To do' },
  })
})

test('in a group what answers the bot is heard, for its users', async () => {
  const person = await world.newPerson('Member')
  const group = await world.connectGroup('crew', person)
  await world.settled(await world.tell('crew', 'Who is there?'))
  const { body } = await world.control('GET', `/groups/${group}/messages`)
  const asked = (body['data'] as Json[]).at(-1)
  await world.control('POST', `/people/${person.id}/say`, {
    chat_id: group,
    text: 'me',
    reply_to: asked?.['message_id'],
  })

  expect(await heard('message.received', ({ text }) => text === 'me')).toMatchObject({
    user_id: 'crew',
    chat_type: 'group',
    from: { name: 'Member' },
  })

  const { status } = await world.control('POST', `/people/${person.id}/send`, {
    chat_id: group,
    type: 'photo',
    caption: 'this',
    content: 'eA==',
    reply_to: asked?.['message_id'],
  })
  expect(status).toBe(200)
  expect(await heard('message.received', ({ text }) => text === 'this')).toMatchObject({
    user_id: 'crew',
    content_type: 'photo',
    from: { name: 'Member' },
  })
})

test('what is written in a topic of a forum answers nothing, though Telegram says so', async () => {
  const person = await world.newPerson('Member of a forum')
  const { body } = await world.control('POST', '/groups', { title: 'Forum', members: [person.id], is_forum: true })
  const group = body['id'] as number
  const link = await world.call('POST', '/v1/connect-links', { user_id: 'forum', chat: 'group' })
  await world.control('POST', `/people/${person.id}/open`, { link: link.body['url'], chat_id: group })
  const { body: made } = await world.control('POST', `/groups/${group}/topics`, { title: 'Plans' })
  await world.control('PUT', `/groups/${group}/bots`, {
    bot: world.bot.username,
    person: person.id,
    status: 'administrator',
  })
  await world.control('POST', `/people/${person.id}/say`, { chat_id: group, topic: made['id'], text: 'to all' })

  expect(await heard('message.received', ({ text }) => text === 'to all')).toMatchObject({
    user_id: 'forum',
    reply_to_message_id: null,
  })
})

test('a press is answered with the text of its button, and the buttons go or show what was pressed', async () => {
  const person = await world.connect('presser')
  const ask = async (text: string, afterPress: string) =>
    world.settled(
      await world.tell('presser', {
        text,
        after_press: afterPress,
        buttons: [
          [
            { text: 'Approve', action: 'approve', answer: 'Thank you!' },
            { text: 'Deny', action: 'deny' },
          ],
        ],
      }),
    )
  const buttonsOf = async (text: string) =>
    (await person.messages())
      .filter((message) => message['text'] === text)
      .flatMap((message) => message['buttons'] as { text: string }[][])
      .map((row) => row.map((button) => button.text))
  await ask('keeps them', 'keep')
  expect(await person.press('Approve')).toBe('Thank you!')
  await ask('loses them', 'disable')
  expect(await person.press('Deny')).toBe('✓ Deny')
  await eventually(
    () => buttonsOf('loses them'),
    ({ length }) => length === 0,
  )
  await ask('shows it', 'replace')
  await person.press('Approve')
  await eventually(
    () => buttonsOf('shows it'),
    ([row]) => row?.[0] === '✓ Approve',
  )
  await person.press('✓ Approve')

  expect(await buttonsOf('keeps them')).toEqual([['Approve', 'Deny']])
  const presses = await world.events('button.pressed')
  expect(presses.map(({ action }) => action)).toEqual(['approve', 'deny', 'approve'])
  expect(presses[0]).toMatchObject({
    pressed_by: String(person.id),
    from: { id: String(person.id), name: expect.stringMatching(/./) },
  })

  const thread = { thread_key: 'order', after_press: 'disable' }
  await world.settled(
    await world.tell('presser', { ...thread, text: 'Packed', buttons: [[{ text: 'Ok', action: 'ok' }]] }),
  )
  await person.press('Ok')
  await eventually(
    () => buttonsOf('Packed'),
    ({ length }) => length === 0,
  )
  await world.settled(await world.tell('presser', { ...thread, mode: 'append', text: 'Shipped' }))
  expect(await buttonsOf('Packed\n\nShipped')).toEqual([])
  expect((await person.messages()).map(({ text }) => text)).toContain('Packed\n\nShipped')
})

test('what a press has left of the buttons stays when the text is edited, and one press is the first', async () => {
  const [first, second] = [await world.newPerson('First'), await world.newPerson('Second')]
  const group = await world.connectGroup('deciders', first, { members: [first.id, second.id] })
  const rows = [[{ text: 'Approve', action: 'approve' }], [{ text: 'Deny', action: 'deny' }]]
  const id = await world.tell('deciders', { text: 'Open?', after_press: 'replace', buttons: rows })
  await world.settled(id)
  const message = async () =>
    ((await world.control('GET', `/groups/${group}/messages`)).body['data'] as Json[]).at(-1) as Json
  const textsOf = ({ buttons }: Json) => (buttons as { text: string }[][]).flat().map(({ text }) => text)
  const { message_id: messageId } = await message()
  const pressFirst = ({ id: who }: typeof first) =>
    world.control('POST', `/people/${who}/press`, { chat_id: group, message_id: messageId, row: 0, column: 0 })
  const pressed = async (count: number) =>
    eventually(
      async () =>
        (await world.events('button.pressed'))
          .filter(({ user_id: of }) => of === 'deciders')
          .map(({ action }) => action),
      ({ length }) => length >= count,
    )
  await Promise.all([pressFirst(first), pressFirst(second)])
  await eventually(message, (shown) => textsOf(shown)[0] === '✓ Approve')

  expect((await world.call('PATCH', `/v1/notifications/${id}`, { text: 'Done.' })).status).toBe(202)
  const edited = await eventually(message, ({ text }) => text === 'Done.')
  expect(textsOf(edited)).toEqual(['✓ Approve'])
  expect(await pressed(1)).toEqual(['approve'])

  await world.call('PATCH', `/v1/notifications/${id}`, { buttons: [[{ text: 'Undo', action: 'undo' }]] })
  await eventually(message, (shown) => textsOf(shown)[0] === 'Undo')
  await second.press('Undo', group)
  await eventually(message, (shown) => textsOf(shown)[0] === '✓ Undo')
  expect(await pressed(2)).toEqual(['approve', 'undo'])
})

test('through a shared bot a message goes to whom it answers, or to whom the person says', async () => {
  const admin = { authorization: `Bearer ${world.adminKey}` }
  const { body: tenant } = await world.call('POST', '/admin/v1/tenants', { name: 'Zweite GmbH' }, admin)
  const scopes = ['links:write', 'notifications:write', 'events:read']
  const { body: issued } = await world.call(
    'POST',
    `/admin/v1/tenants/${tenant['id']}/keys`,
    { name: 'k', scopes },
    admin,
  )
  const asOther = { authorization: `Bearer ${issued['key']}` }
  const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
  const bot = await db.bot.findFirstOrThrow({ where: { username: world.bot.username } })
  const other = await db.tenant.findFirstOrThrow({ where: { name: 'Zweite GmbH' } })
  await db.botAccess.create({ data: { tenantId: other.id, botId: bot.id } })
  const shared = { tenantId: null, telegramId: bot.telegramId }
  const tokenSealed = sealBotToken(createSealer(world.secretKey), shared, world.bot.token)
  await db.bot.update({ where: { id: bot.id }, data: { tenantId: null, tokenSealed } })
  await db.lane.updateMany({ data: { holder: null, leaseUntil: null } })
  const person = await world.connect('shared')
  const link = await world.call('POST', '/v1/connect-links', { user_id: 'same person' }, asOther)
  await person.open(link.body['url'] as string)
  await person.hears('Zweite GmbH')
  await world.call('POST', '/v1/notifications', { to: { user_id: 'same person' }, text: 'From the second' }, asOther)
  const { message_id: second } = await person.hears('From the second')

  await world.control('POST', `/people/${person.id}/say`, { bot: world.bot.username, text: 'to you', reply_to: second })
  await person.say('to whom?')
  await person.hears('Whom is this for?')
  await person.press('Acme & Söhne')
  await person.hears('Passed on to Acme')

  const textsOf = async (headers?: Record<string, string>) =>
    ((await world.call('GET', '/v1/events?type=message.received', undefined, headers)).body['data'] as Json[]).map(
      ({ data }) => data['text'] as string,
    )
  await eventually(
    () => textsOf(asOther),
    ({ length }) => length > 0,
  )
  expect(await textsOf(asOther)).toEqual(['to you'])
  await eventually(
    () => textsOf(),
    (texts) => texts.includes('to whom?'),
  )
  expect(await textsOf()).not.toContain('to you')

  // A command is passed on as one, and once, however often that is asked for.
  await person.say('/order 7')
  await eventually(
    async () => (await person.messages()).at(-1) as Json,
    ({ text }) => text === 'Whom is this for?',
  )
  await Promise.all([person.press('Acme & Söhne'), person.press('Acme & Söhne')])
  const commands = await eventually(
    () => world.events('command.received'),
    (found) => found.some(({ argument }) => argument === '7'),
  )
  expect(commands.filter(({ argument }) => argument === '7')).toMatchObject([{ command: 'order', text: '/order 7' }])

  // Two may have the same name: what counts is who sent the message that is answered.
  await db.tenant.update({ where: { id: other.id }, data: { name: 'Acme & Söhne' } })
  await world.control('POST', `/people/${person.id}/say`, {
    bot: world.bot.username,
    text: 'you again',
    reply_to: second,
  })
  await eventually(
    () => textsOf(asOther),
    (texts) => texts.includes('you again'),
  )
  expect(await textsOf()).not.toContain('you again')
  await db.$disconnect()
})

test('what is written in a chat is told in its order, whatever it is', async () => {
  const person = await world.connect('in a hurry')
  // So that all of it waits at one moment.
  await Promise.all(world.workers.splice(0).map((worker) => worker.stop()))
  const written = ['/one', 'two', 'three', '/four', 'five', '/six', 'seven']
  for (const text of written) await person.say(text)
  await world.startWorker()

  await heard('message.received', ({ text }) => text === 'seven')
  const { body } = await world.call('GET', '/v1/events?type=message.received,command.received&limit=1000')
  const ofPerson = (body['data'] as Json[]).filter(({ data }) => (data as Json)['user_id'] === 'in a hurry')
  expect(ofPerson.map(({ data }) => (data as Json)['text'])).toEqual(written)
})
