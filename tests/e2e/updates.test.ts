import { connectDatabase, type Database } from '@tellwire/db'
import { createSealer, recordPublicUrl, webhookSecret } from '@tellwire/domain'
import { eventually, isLongRun } from '@tellwire/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type Json, type World } from './world.js'

const bot = (world: World): Promise<Json> => world.call('GET', `/v1/bots/${world.bot.id}`).then(({ body }) => body)
const askTelegram = async (world: World, method: string, body: object = {}): Promise<Json> => {
  const response = await fetch(`${world.sandbox}/bot${world.bot.token}/${method}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  return (await response.json()) as Json
}
/** Telegram lets a bot set its webhook once a second. */
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1_100))
/** Lets the workers look at all bots now. */
const lookAtBots = (db: Database) => db.bot.updateMany({ data: { webhookDueAt: new Date(0) } })
const asAdmin = (world: World, method: string, path: string, body?: unknown) =>
  world.call(method, path, body, { authorization: `Bearer ${world.adminKey}` })

describe('a webhook', () => {
  let world: World
  let db: Database
  beforeAll(async () => {
    world = await createWorld({ webhook: true })
    db = connectDatabase({ url: world.database.engineUrl, poolMax: 2 })
  })
  afterAll(async () => {
    await db.$disconnect()
    await world.stop()
  })

  test.each([
    ['an address of somebody else', { url: 'https://example.com/elsewhere' }],
    ['nothing', { url: '' }],
    ['other kinds of updates', {}],
  ])('that was set to %s is put right', async (_, change) => {
    const before = (await askTelegram(world, 'getWebhookInfo'))['result'] as Json
    await aSecond()
    await askTelegram(world, 'setWebhook', { url: before['url'], allowed_updates: ['message'], ...change })

    await lookAtBots(db)

    const info = await eventually(
      async () => (await askTelegram(world, 'getWebhookInfo'))['result'] as Json,
      (now) =>
        now['url'] === before['url'] &&
        JSON.stringify(now['allowed_updates']) === JSON.stringify(before['allowed_updates']),
    )
    expect(info).toMatchObject({ max_connections: 40 })
    expect(await world.connect(`after ${_}`)).toBeTruthy()
  })

  test('of an old bot that Telegram does not tell is asked for again soon', async () => {
    const of = { status: 'active' }
    await db.bot.updateMany({ where: of, data: { createdAt: new Date(Date.now() - 60 * 86_400_000) } })
    const lookUntilDueIn = async (minutes: number) => {
      await lookAtBots(db)
      await eventually(
        async () => (await db.bot.findFirstOrThrow({ where: of })).webhookDueAt.getTime(),
        (dueAt) => dueAt > Date.now() + minutes * 60_000,
      )
    }
    await world.control('POST', '/faults', { method: 'getWebhookInfo', kind: 'status', status: 502 })

    await lookUntilDueIn(1)
    // Those that were looked at are put off by then.
    await aSecond()
    const { webhookDueAt } = await db.bot.findFirstOrThrow({ where: of })
    expect(webhookDueAt.getTime()).toBeLessThan(Date.now() + 11 * 60_000)
  })

  test('has another secret with another token, and takes what is under way with the one before', async () => {
    const made = await db.bot.findFirstOrThrow({ where: { status: 'active' } })
    const push = async (secret: string, updateId: number) =>
      (
        await fetch(`${world.api}/telegram/${made.telegramId}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
          body: JSON.stringify({ update_id: updateId, unknown_kind: {} }),
        })
      ).status
    const sealer = createSealer(world.secretKey)
    const secretOf = (version: number) => webhookSecret(sealer, made.telegramId, version)

    await aSecond()
    expect((await world.call('PUT', `/v1/bots/${world.bot.id}/token`, { token: world.bot.token })).status).toBe(200)

    expect([await push(secretOf(1), 1), await push(secretOf(0), 2)]).toEqual([200, 200])
    expect([await push(secretOf(2), 3), await push('made up', 4)]).toEqual([401, 401])
    await aSecond()
    expect((await world.call('PUT', `/v1/bots/${world.bot.id}/token`, { token: world.bot.token })).status).toBe(200)
    expect([await push(secretOf(2), 5), await push(secretOf(0), 6)]).toEqual([200, 401])
    expect(await world.connect('after a rotation')).toBeTruthy()
  })

  test('can be exchanged for polling, and back', async () => {
    expect((await world.call('PATCH', `/v1/bots/${world.bot.id}`, { update_mode: 'polling' })).body).toMatchObject({
      mode: 'polling',
      update_mode: 'polling',
    })
    await world.connect('polled')
    await aSecond()
    expect((await world.call('PATCH', `/v1/bots/${world.bot.id}`, { update_mode: 'webhook' })).body).toMatchObject({
      mode: 'webhook',
      update_mode: 'webhook',
    })
    expect(await world.connect('by webhook again')).toBeTruthy()
  })
})

test('a bot whose webhook Telegram does not reach is polled for a while, and says so', async () => {
  const world = await createWorld({ env: { PUBLIC_URL: 'http://127.0.0.1:9' } })
  const db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
  expect(await bot(world)).toMatchObject({ mode: 'webhook', update_mode: 'auto' })
  const link = await world.call('POST', '/v1/connect-links', { user_id: 'reached' })
  const person = await world.newPerson('Reached')
  await person.open(link.body['url'] as string)

  const polled = await eventually(
    async () => {
      await lookAtBots(db)
      return bot(world)
    },
    ({ mode }) => mode === 'polling',
  )

  expect(polled).toMatchObject({ update_mode: 'auto', webhook_error: expect.stringMatching(/./) })
  expect(await person.hears('You are connected')).toMatchObject({ from_bot: true })
  expect(await world.events('bot.webhook_failing')).toHaveLength(1)
  await db.$disconnect()
  await world.stop()
})

describe('updates', () => {
  let world: World
  let db: Database
  beforeAll(async () => {
    world = await createWorld()
    db = connectDatabase({ url: world.database.engineUrl, poolMax: 2 })
  })
  afterAll(async () => {
    await db.$disconnect()
    await world.stop()
  })

  test('a service that gets a public address has its bots told, and asked again when it has none', async () => {
    await recordPublicUrl(db, world.api)
    await eventually(
      () => bot(world),
      ({ mode }) => mode === 'webhook',
    )
    await world.connect('at the address')
    await recordPublicUrl(db, undefined)
    await eventually(
      () => bot(world),
      ({ mode }) => mode === 'polling',
    )

    expect(await world.connect('without one')).toBeTruthy()
  })

  test('the menu of commands is there in every language, and one that the owner made stays', async () => {
    const made = await world.control('POST', '/bots', {})
    const own = made.body['token'] as string
    const call = (token: string, method: string, body: object) =>
      fetch(`${world.sandbox}/bot${token}/${method}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      }).then((response) => response.json() as Promise<Json>)
    await call(own, 'setMyCommands', { commands: [{ command: 'mine', description: 'My own' }] })
    const { body } = await world.call('POST', '/v1/bots', { token: own })
    await lookAtBots(db)
    await eventually(
      () => db.bot.count({ where: { commandsVersion: null, status: 'active' } }),
      (count) => count === 0,
    )

    const shown = await askTelegram(world, 'getMyCommands', { language_code: 'ja' })
    expect((shown['result'] as Json[]).map(({ command }) => command)).toEqual([
      'connect',
      'apps',
      'language',
      'stop',
      'help',
    ])
    expect((await call(own, 'getMyCommands', {}))['result']).toEqual([{ command: 'mine', description: 'My own' }])
    await world.call('DELETE', `/v1/bots/${body['id']}`)
  })

  test('one that was given up is listed for the admin, and handled when that is asked for', async () => {
    const link = await world.call('POST', '/v1/connect-links', { user_id: 'parked', bot_id: world.bot.id })
    const person = await world.newPerson('Parked')
    const botId = (await db.bot.findFirstOrThrow({ where: { username: world.bot.username } })).id
    const message = {
      message_id: 1,
      date: Math.floor(Date.now() / 1_000),
      chat: { id: person.id, type: 'private', first_name: 'Parked' },
      from: { id: person.id, is_bot: false, first_name: 'Parked' },
      text: link.body['start_command'] as string,
    }
    await person.say('hello')
    await person.hears('Hello!')
    await db.update.create({
      data: {
        botId,
        updateId: 1n,
        chatId: BigInt(person.id),
        kind: 'message',
        payload: { update_id: 1, message },
        attempts: 12,
        failure: 'TypeError',
        parkedAt: new Date(),
      },
    })

    const { body: listed } = await asAdmin(world, 'GET', '/admin/v1/updates?status=parked')
    expect(listed['data']).toMatchObject([
      { bot_id: world.bot.id, update_id: 1, status: 'parked', kind: 'message', failure: 'TypeError', attempts: 12 },
    ])
    expect(JSON.stringify(listed)).not.toContain('start')
    const retried = await asAdmin(world, 'POST', `/admin/v1/updates/${world.bot.id}/1/retry`, {})

    expect(retried).toMatchObject({ status: 200, body: { status: 'retrying', attempts: 0 } })
    expect(await person.hears('You are connected')).toMatchObject({ from_bot: true })
    expect((await asAdmin(world, 'GET', '/admin/v1/updates')).body['data']).toEqual([])
    expect((await asAdmin(world, 'POST', `/admin/v1/updates/${world.bot.id}/1/retry`, {})).status).toBe(404)
  })

  test('what waits for somebody who blocks the bot is held and released, where the tenant wants it', async () => {
    await world.call('PATCH', '/v1/connect-settings', { on_unreachable: 'hold' })
    const person = await world.connect('absent')
    const status = async (id: string) =>
      ((await world.notification(id))['deliveries'] as Json[])[0]?.['status'] as string
    await world.fault(person.id, { kind: 'status', status: 403, description: 'Forbidden: bot was blocked by the user' })
    const ids = [await world.tell('absent', 'found it blocked'), await world.tell('absent', 'waited behind it')]
    for (const id of ids) {
      await eventually(
        () => status(id),
        (now) => now === 'awaiting_user',
      )
    }
    expect(await world.arrivalsOf('waited behind it')).toEqual([])
    await person.say('/help')

    for (const id of ids) await world.settled(id)
    expect(await world.arrivalsOf('found it blocked')).toHaveLength(1)
    expect(await world.arrivalsOf('waited behind it')).toHaveLength(1)
    await world.call('PATCH', '/v1/connect-settings', { on_unreachable: 'fail' })
  })

  test.each([
    ['Bad Request: VOICE_MESSAGES_FORBIDDEN', 'media_forbidden'],
    ['Forbidden: user is deactivated', 'recipient_deactivated'],
  ])('nothing is held for whom nobody comes back: %s', async (description, code) => {
    await world.call('PATCH', '/v1/connect-settings', { on_unreachable: 'hold' })
    const person = await world.connect(code)
    await world.fault(person.id, { kind: 'status', status: description.startsWith('F') ? 403 : 400, description })

    const { deliveries } = await world.settled(await world.tell(code, 'to nobody'))
    expect(deliveries).toMatchObject([{ status: 'failed', failure: { code } }])
    await world.call('PATCH', '/v1/connect-settings', { on_unreachable: 'fail' })
  })
})

/** 10,000 in all in the long run of the tests. */
const rounds = isLongRun ? 20 : 2

test(
  'updates of 500 chats, shuffled and doubled, are handled once, each chat’s in order',
  { timeout: 600_000 },
  async () => {
    const world = await createWorld({ webhook: true })
    const db = connectDatabase({ url: world.database.engineUrl, poolMax: 2 })
    const { telegramId, id: botId } = await db.bot.findFirstOrThrow()
    const tenant = await db.tenant.findFirstOrThrow()
    const chats = Array.from({ length: 500 }, (_, index) => 1_000_000 + index)
    const connectionOf = new Map<string, number>()
    await db.user.createMany({ data: chats.map((chat) => ({ tenantId: tenant.id, userId: String(chat) })) })
    await db.chat.createMany({ data: chats.map((chat) => ({ botId, chatId: BigInt(chat), type: 'private' })) })
    await db.$executeRaw`
    INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id)
    SELECT ${tenant.id}::uuid, uuidv7(), chat::text, ${botId}::uuid, chat FROM unnest(${chats}::bigint[]) AS chat`
    for (const { id, chatId } of await db.connection.findMany()) connectionOf.set(id, Number(chatId))

    const secret = webhookSecret(createSealer(world.secretKey), telegramId, 0)
    const startedAtS = Math.floor(Date.now() / 1_000)
    const slowest: number[] = []
    const push = async (chat: number, round: number): Promise<void> => {
      const member = (status: string) => ({
        user: { id: Number(telegramId), is_bot: true, first_name: 'bot' },
        status,
        ...(status === 'kicked' ? { until_date: 0 } : {}),
      })
      const [before, after] = round % 2 === 0 ? ['member', 'kicked'] : ['kicked', 'member']
      const beganAtMs = performance.now()
      const response = await fetch(`${world.api}/telegram/${telegramId}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-telegram-bot-api-secret-token': secret },
        body: JSON.stringify({
          update_id: round * chats.length + (chat - 1_000_000) + 1,
          my_chat_member: {
            chat: { id: chat, type: 'private', first_name: 'p' },
            from: { id: chat, is_bot: false, first_name: 'p' },
            date: startedAtS + round,
            old_chat_member: member(before ?? ''),
            new_chat_member: member(after ?? ''),
          },
        }),
      })
      slowest.push(performance.now() - beganAtMs)
      if (response.status !== 200) throw new Error(`an update was answered ${response.status}`)
    }
    // A chat's come one after the other, as Telegram sends them; chats side by side, in any order; one in five twice.
    const queue = chats.toSorted(() => Math.random() - 0.5).values()
    await Promise.all(
      Array.from({ length: 40 }, async () => {
        for (const chat of queue) {
          for (let round = 0; round < rounds; round++) {
            await push(chat, round)
            if ((chat + round) % 5 === 0) await push(chat, round)
          }
        }
      }),
    )

    await eventually(
      () => db.update.count(),
      (count) => count === 0,
      200_000,
    )
    const events = await db.event.findMany({
      where: { type: { in: ['user.blocked', 'user.unblocked'] } },
      orderBy: { id: 'asc' },
      select: { type: true, data: true },
    })
    const seen = new Map<number, string[]>()
    for (const { type, data } of events) {
      const chat = connectionOf.get((data as { connection_id: string }).connection_id) ?? 0
      seen.set(chat, [...(seen.get(chat) ?? []), type])
    }
    const expected = Array.from({ length: rounds }, (_, round) => (round % 2 === 0 ? 'user.blocked' : 'user.unblocked'))
    expect(seen.size).toBe(500)
    for (const types of seen.values()) expect(types).toEqual(expected)
    expect(slowest.toSorted((a, b) => a - b)[Math.floor(slowest.length / 2)]).toBeLessThan(5_000)
    await db.$disconnect()
    await world.stop()
  },
)
