import { connectDatabase } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { joinWorld, type Json, type Person, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

let userCount = 0
const newUser = (): string => `user-${++userCount}`
const issue = async (userId: string, body: object = {}): Promise<Json> => {
  const { status, body: link } = await world.call('POST', '/v1/connect-links', {
    user_id: userId,
    bot_id: world.bot.id,
    ...body,
  })
  if (status !== 201) throw new Error(JSON.stringify(link))
  return link
}
const connections = async (userId: string): Promise<Json[]> =>
  (await world.call('GET', `/v1/users/${userId}`)).body['connections'] as Json[]
const isConnected = (userId: string, status = 'active') =>
  eventually(
    () => connections(userId),
    (all) => all.some((connection) => connection['status'] === status),
  )
const settings = (change: object) => world.call('PATCH', '/v1/connect-settings', change)
const newGroup = async (group: object): Promise<number> =>
  (await world.control('POST', '/groups', { title: 'The team', type: 'supergroup', ...group })).body['id'] as number
const sayIn = (chatId: number, person: Person, text: string, topic?: number) =>
  world.control('POST', `/people/${person.id}/say`, { chat_id: chatId, text, ...(topic ? { topic } : {}) })
const addBot = (chatId: number, person: Person) =>
  world.control('POST', `/groups/${chatId}/bots`, { bot: world.bot.username, person: person.id })
const messagesIn = async (chatId: number): Promise<Json[]> =>
  (await world.control('GET', `/groups/${chatId}/messages`)).body['data'] as Json[]
const heardIn = (chatId: number, contains: string, after = 0) =>
  world.control('GET', `/wait?${new URLSearchParams({ chat_id: String(chatId), contains, after: String(after) })}`)

describe('a code', () => {
  test.each([
    ['as it is shown', (code: string) => code],
    ['without its dash, in small letters', (code: string) => code.replace('-', '').toLowerCase()],
    ['with spaces', (code: string) => ` ${code.replace('-', ' ').split('').join(' ')} `],
    ['with a long dash', (code: string) => code.replace('-', '—')],
    ['after /connect', (code: string) => `/connect ${code}`],
    ['after /start', (code: string) => `/start ${code}`],
    ['after /connect with the name of the bot', (code: string) => `/connect@${world.bot.username} ${code}`],
  ])('connects %s', async (_, typed) => {
    const userId = newUser()
    const link = await issue(userId)
    const person = await world.newPerson('Typist')

    await person.say(typed(link['code']))

    await person.hears('You are connected')
    expect(await connections(userId)).toMatchObject([{ status: 'active' }])
  })

  test('connects where an app has lost what the link carries', async () => {
    const userId = newUser()
    const link = await issue(userId)
    const person = await world.newPerson('Loser')
    await world.control('PATCH', `/people/${person.id}`, { loses_payloads: true })

    await person.open(link['url'])
    await person.hears('send me the code')
    await person.say(link['code'])

    expect(await person.hears('You are connected')).toMatchObject({ from_bot: true })
  })

  test.each([
    ['the start link', 'url'],
    ['the link for the app', 'app_url'],
    ['the address of the connect page', 'connect_page_url'],
    ['the command', 'start_command'],
  ])('is not needed where %s is pasted', async (_, field) => {
    const userId = newUser()
    const link = await issue(userId)
    const person = await world.newPerson('Paster')

    await person.say(field === 'start_command' ? link[field] : `look: ${link[field]}`)

    expect(await person.hears('You are connected')).toMatchObject({ from_bot: true })
  })

  test('dies with its link, and is of one use', async () => {
    const link = await issue(newUser())
    const [first, second] = [await world.newPerson('First'), await world.newPerson('Second')]
    await first.say(link['code'])
    await first.hears('You are connected')
    await second.say(link['code'])
    await second.hears('used already')

    const revoked = await issue(newUser())
    await world.call('DELETE', `/v1/connect-links/${revoked['id']}`)
    await second.say(revoked['code'])
    expect(await second.hears('no longer valid')).toMatchObject({ from_bot: true })
  })

  test('cannot be guessed: after a few wrong ones not even the right one is taken, and links still are', async () => {
    const userId = newUser()
    const link = await issue(userId)
    const person = await world.newPerson('Guesser')
    for (const wrong of ['CCCC2222', 'CCCC3333', 'CCCC4444', 'CCCC5555', 'CCCC6666']) {
      const { message_id: after } = (await person.messages()).at(-1) ?? { message_id: 0 }
      await person.say(wrong)
      await person.hears('I do not know this code', after)
    }

    await person.say(link['code'])

    await person.hears('too many wrong codes')
    expect(await connections(userId)).toEqual([])
    await person.open(link['url'])
    await person.hears('You are connected')
  })

  test('words and numbers that people write are taken for none', async () => {
    const person = await world.newPerson('Writer')
    for (const words of ['Thursday', 'password', '12345678', 'BACKDOOR', 'see you at 8']) {
      const { message_id: after } = (await person.messages()).at(-1) ?? { message_id: 0 }
      await person.say(words)
      expect(await person.hears('Hello!', after)).toMatchObject({ from_bot: true })
    }
  })
})

test('what only looks like a code or a link goes to the app that the chat is connected to', async () => {
  const userId = newUser()
  const person = await world.connect(userId)
  const heard = async () =>
    (await world.events('message.received')).filter((event) => event['user_id'] === userId).map(({ text }) => text)
  const said = ['98 76 54 32', 'my friend has https://t.me/otherbot?start=ref too']

  for (const text of said) await person.say(text)

  expect(await eventually(heard, (texts) => texts.length === said.length)).toEqual(said)
  expect((await person.answers()).filter(({ text }) => /do not know|not valid/.test(text as string))).toEqual([])
})

describe('in groups', () => {
  /** A group with the bot, one administrator and one member. */
  const newTeam = async () => {
    const [boss, member] = [await world.newPerson('Boss'), await world.newPerson('Member')]
    const group = await newGroup({ members: [boss.id, member.id], administrators: [boss.id] })
    await addBot(group, boss)
    return { group, boss, member }
  }

  test('an administrator connects a group with /connect, and nobody else', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'group' })
    const { group, boss, member } = await newTeam()

    await sayIn(group, member, `/connect ${link['code']}`)
    expect((await heardIn(group, 'Only an administrator can connect')).status).toBe(200)
    expect(await connections(userId)).toEqual([])
    await sayIn(group, boss, `/connect@${world.bot.username} ${link['code']}`)

    expect(await isConnected(userId)).toMatchObject([{ chat: { type: 'supergroup' } }])
  })

  test('an administrator of whom Telegram does not tell at once is asked for again', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'group' })
    const { group, boss } = await newTeam()
    const fault = { method: 'getChatMember', chat_id: group, kind: 'status', status: 502, description: 'Bad Gateway' }
    await world.control('POST', '/faults', fault)

    await sayIn(group, boss, `/connect ${link['code']}`)

    await isConnected(userId)
    expect((await world.events('link.refused')).filter((event) => event['user_id'] === userId)).toEqual([])
  })

  test('where the tenant wants it, every member may', async () => {
    await settings({ group_connect: 'members' })
    const userId = newUser()
    const link = await issue(userId, { chat: 'group' })
    const { group, member } = await newTeam()

    await sayIn(group, member, `/connect ${link['code']}`)

    expect(await isConnected(userId)).toHaveLength(1)
    await settings({ group_connect: 'administrators' })
  })

  test('a link asks for rights of an administrator, and the bot gets them', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'group', admin_rights: ['pin_messages', 'delete_messages'] })
    expect(link['url']).toContain('&admin=pin_messages+delete_messages')
    const person = await world.newPerson('Owner')
    const group = await newGroup({ members: [person.id] })

    await world.control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: group })

    await isConnected(userId)
    const { body } = await world.control('GET', '/groups')
    expect((body['data'] as Json[]).find(({ id }) => id === group)?.['bots']).toMatchObject([
      { status: 'administrator' },
    ])
  })

  test('a link for one person tells in a group where it belongs', async () => {
    const link = await issue(newUser())
    const person = await world.newPerson('Lost')
    const group = await newGroup({ members: [person.id] })
    await addBot(group, person)

    await sayIn(group, person, `/connect ${link['code']}`)

    expect((await heardIn(group, 'it connects one person')).status).toBe(200)
  })

  test('connected in a topic it delivers there, and without the topic in the main chat', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'group' })
    const person = await world.newPerson('Forum owner')
    const group = await newGroup({ members: [person.id], is_forum: true })
    const topic = (await world.control('POST', `/groups/${group}/topics`, { title: 'Alerts' })).body['id'] as number
    await addBot(group, person)
    await sayIn(group, person, `/connect ${link['code']}`, topic)
    await isConnected(userId)

    await world.settled(await world.tell(userId, 'in the topic'))
    await world.control('PATCH', `/groups/${group}/topics/${topic}`, { is_closed: true })
    const closed = await world.settled(await world.tell(userId, 'it is closed'))
    await world.control('DELETE', `/groups/${group}/topics/${topic}`)
    await world.settled(await world.tell(userId, 'it is gone'))

    const topicOf = async (text: string) =>
      (await messagesIn(group)).find((message) => message['text'] === text)?.['topic']
    expect(
      (await messagesIn(group)).find(({ text }) => (text as string).startsWith('You are connected'))?.['topic'],
    ).toBe(topic)
    expect(await topicOf('in the topic')).toBe(topic)
    expect(await topicOf('it is closed')).toBeNull()
    expect(await topicOf('it is gone')).toBeNull()
    expect(closed['deliveries']).toMatchObject([{ status: 'sent', dropped: ['forum_topic'] }])
    expect((await world.events('notification.degraded')).map(({ dropped }) => dropped)).toContain('forum_topic')
  })

  test('what goes to two users who share a group arrives there once', async () => {
    await settings({ chat_sharing: 'share' })
    const [first, second] = [newUser(), newUser()]
    const person = await world.newPerson('Sharer')
    const group = await newGroup({ members: [person.id] })
    await addBot(group, person)
    for (const userId of [first, second]) {
      await sayIn(group, person, `/connect ${(await issue(userId, { chat: 'group' }))['code']}`)
      await isConnected(userId)
    }

    const { id } = await world.post({ to: { user_ids: [first, second] }, text: 'for both' })
    await world.settled(id)

    expect((await messagesIn(group)).filter(({ text }) => text === 'for both')).toHaveLength(1)
    expect(await world.events('link.conflict')).toContainEqual(
      expect.objectContaining({ user_id: second, other_user_ids: [first], policy: 'share' }),
    )
    await settings({ chat_sharing: 'refuse' })
  })

  test('an administrator who writes in its name presses as who they are', async () => {
    const userId = newUser()
    const [owner, member] = [await world.newPerson('Owner'), await world.newPerson('Member')]
    const group = await world.connectGroup(userId, owner, { type: 'supergroup', members: [owner.id, member.id] })
    await world.control('POST', `/people/${owner.id}/say`, {
      chat_id: group,
      text: `/stop@${world.bot.username}`,
      anonymous: true,
    })

    expect(await member.press('Yes, end it', group)).toMatch('for somebody else')
    await owner.press('Yes, end it', group)

    await isConnected(userId, 'stopped')
  })

  test('a connection that the app ended does not come back with the bot', async () => {
    const userId = newUser()
    const person = await world.newPerson('Remover')
    const group = await world.connectGroup(userId, person)
    const [connection] = await connections(userId)
    await world.call('DELETE', `/v1/connections/${connection?.['id']}`)
    await world.control('DELETE', `/groups/${group}/bots`, { bot: world.bot.username, person: person.id })
    await addBot(group, person)
    await sayIn(group, person, '/apps')

    expect((await heardIn(group, 'not connected to anything')).status).toBe(200)
    expect(await connections(userId)).toMatchObject([{ status: 'gone' }])
  })
})

describe('in channels', () => {
  const newChannel = async (person: Person, link: Json): Promise<number> => {
    const channel = await newGroup({ title: 'News', type: 'channel', members: [person.id] })
    await world.control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: channel })
    return channel
  }

  test('the code that is posted connects it', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'channel' })
    const person = await world.newPerson('Editor')
    const channel = await newChannel(person, link)

    await sayIn(channel, person, link['code'])

    expect(await isConnected(userId)).toMatchObject([{ chat: { type: 'channel' }, display_name: 'News' }])
  })

  test('a post with the code that an administrator forwards connects it, and nobody else’s does', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'channel' })
    const [editor, reader] = [await world.newPerson('Editor'), await world.newPerson('Reader')]
    const channel = await newGroup({ title: 'News', type: 'channel', members: [editor.id, reader.id] })
    const posted = await sayIn(channel, editor, link['code'])
    await world.control('POST', `/people/${editor.id}/open`, { link: link['url'], chat_id: channel })
    const forward = (person: Person) =>
      world.control('POST', `/people/${person.id}/forward`, {
        bot: world.bot.username,
        chat_id: channel,
        message_id: posted.body['message_id'],
      })

    await forward(reader)
    await reader.hears('it connects a channel')
    expect(await connections(userId)).toEqual([])
    await forward(editor)

    await editor.hears('You are connected')
    expect(await isConnected(userId)).toMatchObject([{ chat: { id: channel, type: 'channel' } }])
  })

  test('a forwarded post whose link asks for a confirmation connects it with the tap of its administrator', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'channel', confirm: 'tap' })
    const editor = await world.newPerson('Editor')
    const channel = await newGroup({ title: 'News', type: 'channel', members: [editor.id] })
    const posted = await sayIn(channel, editor, link['code'])
    await world.control('POST', `/people/${editor.id}/open`, { link: link['url'], chat_id: channel })
    await world.control('POST', `/people/${editor.id}/forward`, {
      bot: world.bot.username,
      chat_id: channel,
      message_id: posted.body['message_id'],
    })

    await editor.press('Yes, connect')

    await editor.hears('You are connected')
    expect(await isConnected(userId)).toMatchObject([{ chat: { id: channel, type: 'channel' } }])
  })

  test('who only reads it presses none of our buttons', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'channel' })
    const [editor, reader] = [await world.newPerson('Editor'), await world.newPerson('Reader')]
    const channel = await newGroup({ title: 'News', type: 'channel', members: [editor.id, reader.id] })
    await world.control('POST', `/people/${editor.id}/open`, { link: link['url'], chat_id: channel })
    await sayIn(channel, editor, link['code'])
    await isConnected(userId)
    await sayIn(channel, editor, '/apps')

    expect(await reader.press('Acme & Söhne', channel)).toMatch('for somebody else')
    await editor.press('Acme & Söhne', channel)
    expect(await reader.press('Disconnect', channel)).toMatch('for somebody else')
    expect(await connections(userId)).toMatchObject([{ status: 'active' }])
    await editor.press('Disconnect', channel)

    await isConnected(userId, 'stopped')
  })

  test('without the right to post it is blocked, and comes back with it', async () => {
    const userId = newUser()
    const link = await issue(userId, { chat: 'channel' })
    const person = await world.newPerson('Editor')
    const channel = await newChannel(person, link)
    await sayIn(channel, person, link['code'])
    await isConnected(userId)
    const rights = { bot: world.bot.username, person: person.id, status: 'administrator' }

    await world.control('PUT', `/groups/${channel}/bots`, { ...rights, can_post_messages: false })
    await isConnected(userId, 'blocked')
    await world.control('PUT', `/groups/${channel}/bots`, rights)
    await isConnected(userId)

    await world.settled(await world.tell(userId, 'posted again'))
    expect((await messagesIn(channel)).map(({ text }) => text)).toContain('posted again')
    expect((await world.events('user.blocked')).map(({ reason }) => reason)).toContain('rights_lost')
  })
})

test('a bot that is promoted and demoted in a group says so, and one that may not speak is blocked', async () => {
  const userId = newUser()
  const person = await world.newPerson('Owner')
  const group = await world.connectGroup(userId, person, { type: 'supergroup' })
  const rights = { bot: world.bot.username, person: person.id }
  const happened = (type: string) =>
    eventually(
      () => world.events(type),
      (events) => events.some((event) => event['user_id'] === userId),
    )

  await world.control('PUT', `/groups/${group}/bots`, { ...rights, status: 'administrator' })
  await happened('chat.promoted')
  await world.control('PUT', `/groups/${group}/bots`, { ...rights, status: 'member' })
  await happened('chat.demoted')
  await world.control('PUT', `/groups/${group}/bots`, { ...rights, status: 'restricted', can_send_messages: false })
  await isConnected(userId, 'blocked')
  await world.control('PUT', `/groups/${group}/bots`, { ...rights, status: 'member' })
  expect(await isConnected(userId)).toHaveLength(1)
})

describe('a person confirms', () => {
  test('with a tap, knowing whose account it is', async () => {
    const userId = newUser()
    const link = await issue(userId, { confirm: 'tap', account_label: 'anna@example.com' })
    const person = await world.newPerson('Anna')

    await person.open(link['url'])
    await person.hears('for the account a•••@example.com')
    expect(await connections(userId)).toEqual([])
    await person.press('Yes, connect')

    await person.hears('You are connected as a•••@example.com')
    expect(await isConnected(userId)).toHaveLength(1)
    expect(await person.answers()).toHaveLength(1)
  })

  test('or declines, which ends the link', async () => {
    const userId = newUser()
    const link = await issue(userId, { confirm: 'tap' })
    const person = await world.newPerson('Bob')
    await person.open(link['url'])
    await person.press('No')

    await person.hears('Nothing was connected')
    expect((await world.call('GET', `/v1/connect-links/${link['id']}`)).body).toMatchObject({ status: 'revoked' })
    expect(await world.events('link.refused')).toContainEqual(
      expect.objectContaining({ user_id: userId, reason: 'declined' }),
    )
  })

  test('with the number that the page shows', async () => {
    const userId = newUser()
    const link = await issue(userId, { confirm: 'number' })
    const page = await fetch(link['connect_page_url'] as string).then((response) => response.text())
    expect(page).toContain(`<strong>${link['number']}</strong>`)
    const person = await world.newPerson('Carla')

    await person.open(link['url'])
    await person.hears('Tap the number')
    await person.press(String(link['number']))

    await person.hears('You are connected')
    expect(await isConnected(userId)).toHaveLength(1)
  })

  test('and a wrong number ends the link, so that a link of somebody else binds nobody', async () => {
    const attacker = newUser()
    const link = await issue(attacker, { confirm: 'number' })
    const victim = await world.newPerson('Victim')
    await victim.open(link['url'])
    await victim.hears('Tap the number')
    const buttons = (await victim.answers()).at(-1)?.['buttons'] as { text: string }[][]
    const [wrong] = buttons.flat().filter(({ text }) => /^\d+$/.test(text) && text !== String(link['number']))

    await victim.press(wrong?.text ?? '')

    await victim.hears('That is another number')
    await victim.open(link['url'])
    await victim.hears('no longer valid')
    expect(await connections(attacker)).toEqual([])
  })

  test('as the tenant has set it, where the link does not say', async () => {
    await settings({ confirm: 'tap' })
    const link = await issue(newUser())
    await settings({ confirm: 'none' })
    const person = await world.newPerson('Dora')

    await person.say(link['code'])

    await person.hears('Did you ask for that?')
    await person.press('Yes, connect')
    expect(await person.hears('You are connected')).toMatchObject({ from_bot: true })
  })
})

test('a chat that moves to another user names both in an event', async () => {
  await settings({ chat_sharing: 'move' })
  const [before, after] = [newUser(), newUser()]
  const person = await world.newPerson('Mover')
  await person.open((await issue(before))['url'])
  await isConnected(before)

  await person.open((await issue(after))['url'])

  await isConnected(after)
  expect(await connections(before)).toMatchObject([{ status: 'gone' }])
  expect(await world.events('link.conflict')).toContainEqual(
    expect.objectContaining({ user_id: after, other_user_ids: [before], policy: 'move' }),
  )
  await settings({ chat_sharing: 'refuse' })
})

test('who needs a new link is led to where the app shows one', async () => {
  const link = await issue(newUser(), { redirect_url: 'https://app.example.com/settings' })
  await world.call('DELETE', `/v1/connect-links/${link['id']}`)
  const person = await world.newPerson('Late')

  await person.open(link['url'])

  const answer = await person.hears('no longer valid')
  expect(answer['buttons']).toEqual([[{ text: 'Get a new link', url: 'https://app.example.com/settings' }]])
})

test('through a bot that several tenants share, each message says whose it is', async () => {
  const userId = newUser()
  const person = await world.connect(userId)
  const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
  const where = { username: world.bot.username }
  const { id: botId, tenantId } = await db.bot.findFirstOrThrow({ where })
  await db.bot.updateMany({ where, data: { tenantId: null } })
  await db.lane.updateMany({ where: { botId }, data: { holder: null, leaseUntil: null } })

  await world.settled(await world.tell(userId, '**Other Ltd**\nPay *now*'))

  const message = (await person.messages()).at(-1)
  expect(message?.['text']).toBe('Acme & Söhne\nOther Ltd\nPay now')
  expect(message?.['entities']).toEqual([
    { type: 'bold', offset: 0, length: 12 },
    { type: 'bold', offset: 13, length: 9 },
    { type: 'italic', offset: 27, length: 3 },
  ])
  await db.bot.updateMany({ where, data: { tenantId } })
  await db.$disconnect()
})

describe('speaks the language', () => {
  test.each([
    ['pt-br', 'Você está conectado'],
    ['ja', '接続されました'],
    ['ar', 'تم الربط'],
    ['xx', 'You are connected'],
  ])('%s of the person', async (language, text) => {
    const person = await world.newPerson('Somebody', language)
    await person.open((await issue(newUser()))['url'])
    expect(await person.hears(text)).toMatchObject({ from_bot: true })
  })

  test('that the link names, before that of the person', async () => {
    const person = await world.newPerson('Somebody', 'de')
    await person.open((await issue(newUser(), { locale: 'fr-CA' }))['url'])
    expect(await person.hears('Vous êtes connecté')).toMatchObject({ from_bot: true })
  })

  test('that was chosen in the chat, before both', async () => {
    const person = await world.newPerson('Somebody', 'de')
    await person.say('/language')
    await person.press('Italiano')
    await person.hears('D’ora in poi parlo italiano')

    await person.open((await issue(newUser(), { locale: 'fr' }))['url'])
    expect(await person.hears('La connessione è attiva')).toMatchObject({ from_bot: true })
  })

  test('in the tenant’s own words', async () => {
    await settings({ texts: { en: { welcome: 'Welcome to {tenant}, friend!' } } })
    const person = await world.newPerson('Friend')
    await person.open((await issue(newUser()))['url'])
    expect(await person.hears('Welcome to Acme & Söhne, friend!')).toMatchObject({ from_bot: true })
    await settings({ texts: null })
  })
})

describe('in the chat', () => {
  test('/apps mutes, unmutes, reports and disconnects', async () => {
    const userId = newUser()
    const person = await world.connect(userId)
    const isSilent = async (text: string) =>
      (await person.messages()).find((message) => message['text'] === text)?.['silent'] as boolean

    await person.say('/apps')
    await person.hears('1 app may write here')
    await person.press('Acme & Söhne')
    await person.press('Mute for 8 hours')
    await person.hears('until')
    await world.settled(await world.tell(userId, 'quiet please'))
    await person.press('Unmute')
    await eventually(async () => (await person.messages()).some(({ text }) => text === 'Acme & Söhne may write here.'))
    await world.settled(await world.tell(userId, 'loud again'))
    expect([await isSilent('quiet please'), await isSilent('loud again')]).toEqual([true, false])

    await person.press('Report')
    await person.hears('Whoever operates this bot')
    await person.press('Back')
    await person.press('Acme & Söhne')
    await person.press('Disconnect')
    await person.hears('may no longer write here')
    await isConnected(userId, 'stopped')
  })

  test('/help, and a bare /start of somebody who is connected, tell what can be done', async () => {
    const person = await world.connect(newUser())

    await person.say('/help')
    await person.hears('/language – Change the language')
    await person.say('/start')
    expect(await person.hears('This chat gets notifications from Acme & Söhne')).toMatchObject({ from_bot: true })
  })
})
