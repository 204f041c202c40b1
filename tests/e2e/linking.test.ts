import { connectDatabase } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Json, type Person, type World, createWorld } from './world.js'

describe.each([
  ['polling', false],
  ['webhook', true],
] as const)('with updates by %s', (mode, webhook) => {
  let world: World
  beforeAll(async () => {
    world = await createWorld({ webhook })
  })
  afterAll(() => world.stop())

  const issue = async (userId: string, body: object = {}): Promise<Json> =>
    (await world.call('POST', '/v1/connect-links', { user_id: userId, ...body })).body
  const answerTo = async (person: Person, action: () => Promise<unknown>): Promise<string> => {
    const before = (await person.messages()).filter((message) => message['from_bot']).length
    await action()
    const answers = await eventually(
      async () => (await person.messages()).filter((message) => message['from_bot']),
      (messages) => messages.length > before,
    )
    return answers.at(-1)?.['text'] as string
  }
  const say = (person: Person, text: string) =>
    world.control('POST', `/people/${person.id}/say`, { bot: world.bot.username, text })
  const connections = async (userId: string): Promise<Json[]> =>
    (await world.call('GET', `/v1/users/${userId}`)).body['connections'] as Json[]

  test(`registers the bot for ${mode}`, async () => {
    expect((await world.call('GET', `/v1/bots/${world.bot.id}`)).body).toMatchObject({ mode })
  })

  test('welcomes in the language of the person, naming the tenant', async () => {
    const person = await world.newPerson('Gertrud', 'de')

    const answer = await answerTo(person, async () => person.open((await issue('german'))['url']))

    expect(answer).toMatch(/^Du bist verbunden.*Acme & Söhne/s)
  })

  test('answers a token that is unknown, used, expired or revoked, and a bare start, each in its own way', async () => {
    const owner = await world.newPerson('Owner')
    const link = await issue('owner')
    await answerTo(owner, () => owner.open(link['url']))
    const expired = await issue('owner')
    const revoked = await issue('owner')
    await world.call('DELETE', `/v1/connect-links/${revoked['id']}`)
    const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
    const latest = await db.connectLink.findFirstOrThrow({ where: { status: 'pending' }, orderBy: { id: 'desc' } })
    await db.connectLink.updateMany({ where: { id: latest.id }, data: { expiresAt: new Date(0) } })
    await db.$disconnect()
    const stranger = await world.newPerson('Stranger')

    expect(await answerTo(stranger, () => say(stranger, '/start'))).toMatch(/^Hello!/)
    expect(await answerTo(stranger, () => say(stranger, `/start ${'x'.repeat(32)}`))).toMatch(/I do not know this link/)
    expect(await answerTo(stranger, () => stranger.open(link['url']))).toMatch(/used already/)
    expect(await answerTo(stranger, () => stranger.open(expired['url']))).toMatch(/no longer valid/)
    expect(await answerTo(stranger, () => stranger.open(revoked['url']))).toMatch(/no longer valid/)
    expect(await connections('owner')).toHaveLength(1)
  })

  test('answers a token of another bot without saying whose it is', async () => {
    const made = await world.control('POST', '/bots', {})
    const other = await world.call('POST', '/v1/bots', { token: made.body['token'] })
    const link = await issue('elsewhere', { bot_id: other.body['id'] })
    const person = await world.newPerson('Lost')

    const answer = await answerTo(person, () => say(person, link['start_command']))

    expect(answer).toMatch(/another bot/)
    expect(answer).not.toContain('Acme')
    await world.call('DELETE', `/v1/connect-links/${link['id']}`)
  })

  test('pressing Start again changes nothing, and a new link for the same chat is used up', async () => {
    const bot = { bot_id: world.bot.id }
    const person = await world.newPerson('Again')
    const first = await issue('again', bot)
    await answerTo(person, () => person.open(first['url']))

    expect(await answerTo(person, () => person.open(first['url']))).toMatch(/already connected/)
    const second = await issue('again', bot)
    expect(await answerTo(person, () => person.open(second['url']))).toMatch(/already connected/)

    expect((await world.call('GET', `/v1/connect-links/${second['id']}`)).body).toMatchObject({ status: 'used' })
    expect(await connections('again')).toHaveLength(1)
  })

  test('a chat of another user is refused', async () => {
    const bot = { bot_id: world.bot.id }
    const person = await world.newPerson('Shared')
    await answerTo(person, async () => person.open((await issue('first_owner', bot))['url']))

    const answer = await answerTo(person, async () => person.open((await issue('second_owner', bot))['url']))

    expect(answer).toMatch(/another account of Acme/)
    expect(await connections('second_owner')).toEqual([])
  })

  test('a second chat is a second connection, unless the link replaces the first', async () => {
    const bot = { bot_id: world.bot.id }
    for (const name of ['phone', 'tablet']) {
      const person = await world.newPerson(name)
      await answerTo(person, async () => person.open((await issue('several', bot))['url']))
    }
    expect((await connections('several')).map((connection) => connection['status'])).toEqual(['active', 'active'])

    const person = await world.newPerson('new phone')
    await answerTo(person, async () => person.open((await issue('several', { ...bot, replace: true }))['url']))

    expect((await connections('several')).map((connection) => connection['status'])).toEqual(['gone', 'gone', 'active'])
  })

  test('/stop ends the connection, and a new link restores it', async () => {
    const bot = { bot_id: world.bot.id }
    const person = await world.newPerson('Stopper')
    await answerTo(person, async () => person.open((await issue('stopper', bot))['url']))

    expect(await answerTo(person, () => say(person, '/stop'))).toMatch(/from Acme & Söhne. Shall I end that/)
    await person.press('No, go on')
    await person.hears('the notifications go on')
    expect(await connections('stopper')).toMatchObject([{ status: 'active' }])
    await say(person, '/stop')
    await person.press('Yes, end it')
    await person.hears('no more notifications')
    expect(await connections('stopper')).toMatchObject([{ status: 'stopped' }])
    expect(await answerTo(person, () => say(person, '/stop'))).toMatch(/not connected/)

    await answerTo(person, async () => person.open((await issue('stopper', bot))['url']))
    expect(await connections('stopper')).toMatchObject([{ status: 'active' }])
  })

  test('a link for a group is refused in a private chat, and connects a group', async () => {
    const bot = { bot_id: world.bot.id }
    const link = await issue('team', { ...bot, chat: 'group' })
    const person = await world.newPerson('Teamster')

    expect(await answerTo(person, () => say(person, (link['start_command'] as string).replace(/@\w+/, '')))).toMatch(
      /another kind of chat/,
    )
    const group = await world.control('POST', '/groups', { title: 'The team', members: [person.id] })
    await world.control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: group.body['id'] })

    await eventually(
      () => connections('team'),
      (all) => all.length === 1,
    )
    expect(await connections('team')).toMatchObject([
      { status: 'active', display_name: 'The team', chat: { type: 'group' } },
    ])
    expect((await world.call('GET', `/v1/connect-links/${link['id']}`)).body).toMatchObject({
      display_name: 'Teamster',
    })
  })

  test('a link that is pasted as text connects the chat', async () => {
    const person = await world.newPerson('Paster')
    const { url } = await issue('paster', { bot_id: world.bot.id })

    expect(await answerTo(person, () => say(person, `here: ${url as string}`))).toMatch(/You are connected/)
    expect(await answerTo(person, () => say(person, '/help'))).toMatch(/\/stop/)
  })

  test('a bot that was removed from a group and added again sends there as before', async () => {
    const person = await world.newPerson('Adder')
    const link = await issue('adders', { bot_id: world.bot.id, chat: 'group' })
    const { body: group } = await world.control('POST', '/groups', { title: 'Adders', members: [person.id] })
    await world.control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: group['id'] })
    const status = () => connections('adders').then((all) => all?.[0]?.['status'] as string | undefined)
    await eventually(status, (current) => current === 'active')

    const member = { bot: world.bot.username, person: person.id }
    await world.control('DELETE', `/groups/${group['id']}/bots`, member)
    await eventually(status, (current) => current === 'gone')
    await world.control('POST', `/groups/${group['id']}/bots`, member)

    expect(await eventually(status, (current) => current === 'active')).toBe('active')
  })

  test('in a group whoever connected it and its administrators can stop it, and nobody else', async () => {
    const [owner, member, boss] = await Promise.all(['Owner', 'Member', 'Boss'].map((name) => world.newPerson(name)))
    if (!owner || !member || !boss) throw new Error('nobody is there')
    await world.call('PATCH', '/v1/connect-settings', { group_connect: 'members' })
    const people = { members: [owner.id, member.id, boss.id], administrators: [boss.id] }
    const chatId = await world.connectGroup('crew', owner, people)
    const sayInGroup = async (person: Person, count: number) => {
      await world.control('POST', `/people/${person.id}/say`, { chat_id: chatId, text: `/stop@${world.bot.username}` })
      const answers = await eventually(
        async () => {
          const { body } = await world.control('GET', `/groups/${chatId}/messages`)
          return (body['data'] as Json[]).filter((message) => message['from_bot'])
        },
        ({ length }) => length >= count,
      )
      return answers.at(-1)?.['text'] as string
    }

    expect(await sayInGroup(member, 2)).toMatch(/Only an administrator/)
    expect(await connections('crew')).toMatchObject([{ status: 'active' }])
    // What somebody has connected is ended without a question.
    await sayInGroup(owner, 3)
    await eventually(
      () => connections('crew'),
      ([connection]) => connection?.['status'] === 'stopped',
    )

    const second = await world.connectGroup('second crew', owner, people)
    await world.control('POST', `/people/${boss.id}/say`, { chat_id: second, text: `/stop@${world.bot.username}` })
    expect(await member.press('Yes, end it', second)).toMatch(/somebody else/)
    expect(await connections('second crew')).toMatchObject([{ status: 'active' }])
    await boss.press('Yes, end it', second)
    await eventually(
      () => connections('second crew'),
      ([connection]) => connection?.['status'] === 'stopped',
    )
  })

  test('a link for a channel connects the channel in which its command is posted', async () => {
    const link = await issue('news', { bot_id: world.bot.id, chat: 'channel' })
    const person = await world.newPerson('Editor')
    const channel = await world.control('POST', '/groups', { title: 'News', members: [person.id], type: 'channel' })
    await world.control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: channel.body['id'] })

    await world.control('POST', `/people/${person.id}/say`, {
      chat_id: channel.body['id'],
      text: link['start_command'],
    })

    await eventually(
      () => connections('news'),
      (all) => all.length === 1,
    )
    expect(await connections('news')).toMatchObject([
      { status: 'active', display_name: 'News', chat: { type: 'channel' } },
    ])
  })

  test('updates of kinds that nobody has heard of harm nothing', async () => {
    const person = await world.newPerson('Writer')
    await answerTo(person, () => say(person, '/start'))
    for (const words of ['just some words', '/unknown_command', '/help']) {
      expect(await answerTo(person, () => say(person, words))).toMatch(/open the connect link/)
    }

    expect(await answerTo(person, () => say(person, '/stop'))).toMatch(/not connected/)
    expect(world.output()).not.toContain('handling an update failed')
  })
})
