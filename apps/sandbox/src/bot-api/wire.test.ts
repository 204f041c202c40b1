import { setTimeout as delay } from 'node:timers/promises'
import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { test } from '../../test/fixtures.js'

test('takes parameters from the query, a form, JSON and multipart, by GET and POST, without regard to case', async ({
  sandbox,
}) => {
  const { token, username } = await sandbox.newBot()
  const chatId = await sandbox.newChat({ username })
  await sandbox.control('PUT', '/limits', { enabled: false })
  const url = `${sandbox.url}/bot${token}`
  const form = new FormData()
  form.set('chat_id', String(chatId))
  form.set('text', 'multipart')

  const responses = [
    await fetch(`${url}/SENDMESSAGE?chat_id=${chatId}&text=query`),
    await fetch(`${url}/sendMessage`, {
      method: 'POST',
      body: new URLSearchParams({ chat_id: String(chatId), text: 'form' }),
    }),
    await fetch(`${url}/sendMessage`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: String(chatId), text: 'json' }),
    }),
    await fetch(`${url}/sendmessage`, { method: 'POST', body: form }),
    await fetch(`${url}/sendMessage?text=first`, {
      method: 'POST',
      body: new URLSearchParams({ chat_id: String(chatId), text: 'second' }),
    }),
  ]

  expect(responses.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  const { data } = (await sandbox.control('GET', `/people/${chatId}/messages?bot=${username}`)).body
  expect(data.slice(1).map((message: { text: string }) => message.text)).toEqual([
    'query',
    'form',
    'json',
    'multipart',
    'first',
  ])
})

test.for([
  [{ parse_mode: null }, 400, 'Bad Request: unsupported parse_mode'],
  [{ reply_markup: null }, 400, 'Bad Request: object expected as reply markup'],
  [{ chat_id: 'abc' }, 400, 'Bad Request: chat not found'],
  [{ chat_id: '' }, 400, 'Bad Request: chat_id is empty'],
  [{ text: '' }, 400, 'Bad Request: message text is empty'],
  [{ text: ' \n ' }, 400, 'Bad Request: text must be non-empty'],
  [{ text: 'x'.repeat(4_097) }, 400, 'Bad Request: message is too long'],
  [{ text: 'x'.repeat(32_769) }, 400, 'Bad Request: text is too long'],
  [
    { entities: [{ type: 'bold', offset: 0, length: 9 }] },
    400,
    'Bad Request: entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 9',
  ],
  [
    { text: '👍', entities: [{ type: 'bold', offset: 1, length: 1 }] },
    400,
    /entity begins in a middle of a UTF-16 symbol/,
  ],
  [
    { entities: [{ type: 'text_link', offset: 0, length: 1, url: 'http://localhost/' }] },
    400,
    "Bad Request: entity URL 'http://localhost/' is invalid: Wrong HTTP URL",
  ],
  [
    { reply_markup: { inline_keyboard: {} } },
    400,
    'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  ],
  [
    { reply_markup: { inline_keyboard: [[{ text: 'a', callback_data: 'x'.repeat(65) }]] } },
    400,
    'Bad Request: BUTTON_DATA_INVALID',
  ],
  [
    { reply_markup: { inline_keyboard: [[{ text: 'a' }]] } },
    400,
    "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
  ],
  [{ reply_parameters: { message_id: 999 } }, 400, 'Bad Request: message to be replied not found'],
] as const)('refuses sendMessage with %j in words of Telegram', async ([change, code, description], { sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)

  const answer = await sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, text: 'hi', ...change })

  expect(answer).toMatchObject({ status: code, body: { ok: false, error_code: code } })
  expect(answer.body.description).toEqual(
    description instanceof RegExp ? expect.stringMatching(description) : description,
  )
})

test('knows tokens that are unknown, malformed and revoked, and methods that do not exist', async ({ sandbox }) => {
  const bot = await sandbox.newBot()

  expect((await sandbox.api(`123:${'A'.repeat(35)}`, 'getMe')).body).toMatchObject({
    error_code: 401,
    description: 'Unauthorized',
  })
  expect((await sandbox.api('nonsense', 'getMe')).body).toMatchObject({ error_code: 404, description: 'Not Found' })
  expect((await sandbox.api(bot.token, 'sendNothing')).body).toMatchObject({
    error_code: 404,
    description: 'Not Found',
  })
  const { body: renewed } = await sandbox.control('POST', `/bots/${bot.username}/revoke`, {})
  expect((await sandbox.api(bot.token, 'getMe')).body).toMatchObject({ error_code: 401 })
  expect((await sandbox.api(renewed['token'] as string, 'getMe')).body).toMatchObject({ ok: true })
})

test('knows people who have not started the bot, and people who blocked it', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const { id } = (await sandbox.control('POST', '/people', { first_name: 'Ada' })).body
  const send = async () => (await sandbox.api(bot.token, 'sendMessage', { chat_id: id, text: 'hi' })).body

  expect(await send()).toMatchObject({
    error_code: 400,
    description: 'Bad Request: chat not found',
  })
  await sandbox.control('POST', `/people/${id}/say`, { bot: bot.username, text: '/start' })
  expect(await send()).toMatchObject({ ok: true })
  await sandbox.control('POST', `/people/${id}/block`, { bot: bot.username })
  expect(await send()).toMatchObject({ error_code: 403, description: 'Forbidden: bot was blocked by the user' })
  expect((await sandbox.api(bot.token, 'sendMessage', { chat_id: 424_242, text: 'hi' })).body).toMatchObject({
    error_code: 400,
    description: 'Bad Request: chat not found',
  })
})

test('knows people from a group, and groups it was removed from', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const { id } = (await sandbox.control('POST', '/people', { first_name: 'Ada' })).body
  const group = (await sandbox.control('POST', '/groups', { title: 'G', members: [id] })).body
  const send = async (chatId: number) =>
    (await sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, text: 'hi' })).body.description

  expect(await send(group.id)).toBe('Bad Request: chat not found')
  await sandbox.control('POST', `/groups/${group.id}/bots`, { bot: bot.username, person: id })
  expect(await send(id)).toBe("Forbidden: bot can't initiate conversation with a user")
  await sandbox.control('DELETE', `/groups/${group.id}/bots`, { bot: bot.username, person: id })
  expect(await send(group.id)).toBe('Forbidden: bot was kicked from the group chat')
})

test('cleans and trims a message as Telegram does', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)

  const { body } = await sandbox.api(bot.token, 'sendMessage', {
    chat_id: chatId,
    text: '  a\r\n\u0001b\u202e  ',
    entities: [{ type: 'bold', offset: 4, length: 3 }],
  })

  expect(body.result).toMatchObject({ text: 'a\n b', entities: [{ type: 'bold', offset: 1, length: 3 }] })
})

test('limits strictly: a second per chat, thirty a second per bot, with retry_after in body and header', async ({
  sandbox,
}) => {
  const bot = await sandbox.newBot()
  const chats: number[] = []
  for (let index = 0; index < 31; index++) chats.push(await sandbox.newChat(bot))
  const send = (chatId: number) => sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, text: 'hi' })

  // On a machine that is busy with other things a second may pass in between.
  const again = await eventually(
    async () => {
      await send(chats[0] ?? 0)
      return send(chats[0] ?? 0)
    },
    ({ status }) => status === 429,
  )
  const refusedOfAll = async (): Promise<number> => {
    await delay(1_100)
    const all = await Promise.all(chats.map(send))
    return all.filter(({ status }) => status === 429).length
  }

  expect(again).toMatchObject({
    status: 429,
    body: { description: 'Too Many Requests: retry after 1', parameters: { retry_after: 1 } },
  })
  expect(again.headers.get('retry-after')).toBe('1')
  expect(await eventually(refusedOfAll, (refused) => refused > 0)).toBe(1)
})

test('edits, refuses an edit that changes nothing, and deletes', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.control('PUT', '/limits', { enabled: false })
  const { message_id: messageId } = (await sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, text: 'one' })).body
    .result
  const edit = (text: string) =>
    sandbox.api(bot.token, 'editMessageText', { chat_id: chatId, message_id: messageId, text })

  expect((await edit('one')).body.description).toMatch(/^Bad Request: message is not modified: /)
  expect((await edit('two')).body.result).toMatchObject({ text: 'two', edit_date: expect.any(Number) })
  expect((await sandbox.api(bot.token, 'deleteMessage', { chat_id: chatId, message_id: messageId })).body).toEqual({
    ok: true,
    result: true,
  })
  expect((await edit('three')).body.description).toBe('Bad Request: message to edit not found')
})

test('answers a button press once', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.api(bot.token, 'getUpdates', { offset: -1 })
  const sent = await sandbox.api(bot.token, 'sendMessage', {
    chat_id: chatId,
    text: 'choose',
    reply_markup: {
      inline_keyboard: [
        [
          { text: 'Yes', callback_data: 'yes' },
          { text: 'Site', url: 'https://a.b' },
        ],
      ],
    },
  })
  const press = (column: number) =>
    sandbox.control('POST', `/people/${chatId}/press`, { message_id: sent.body.result.message_id, row: 0, column })

  expect((await press(1)).body).toEqual({ ok: true, url: 'https://a.b/' })
  const { callback_query_id: id } = (await press(0)).body
  const updates = (await sandbox.api(bot.token, 'getUpdates')).body.result
  expect(updates.at(-1)).toMatchObject({ callback_query: { id, data: 'yes', message: { text: 'choose' } } })
  const answer = () => sandbox.api(bot.token, 'answerCallbackQuery', { callback_query_id: id, text: 'ok' })
  expect((await answer()).body).toEqual({ ok: true, result: true })
  expect((await answer()).body.description).toBe(
    'Bad Request: query is too old and response timeout expired or query ID is invalid',
  )

  await sandbox.control('PUT', '/limits', { enabled: false, press_seconds: 1 })
  const { callback_query_id: late } = (await press(0)).body
  await delay(1_100)
  expect((await sandbox.api(bot.token, 'answerCallbackQuery', { callback_query_id: late })).status).toBe(400)
  expect((await sandbox.control('GET', `/callback-queries/${late}`)).body).toEqual({ is_answered: false, text: null })
})

test('injects faults, counted down, for what they name', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.control('PUT', '/limits', { enabled: false })
  await sandbox.control('POST', '/faults', {
    method: 'sendMessage',
    chat_id: chatId,
    kind: 'status',
    status: 500,
    times: 2,
  })
  const send = () => sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, text: 'hi' })

  expect((await sandbox.api(bot.token, 'getMe')).status).toBe(200)
  expect([await send(), await send(), await send()].map(({ status }) => status)).toEqual([500, 500, 200])
  await sandbox.control('POST', '/faults', { kind: 'reset' })
  await expect(send()).rejects.toThrow()
})

test('refuses unknown control fields and bots in words', async ({ sandbox }) => {
  expect(await sandbox.control('POST', '/people', { first_name: 'A', nickname: 'B' })).toMatchObject({
    status: 400,
    body: { ok: false, error: expect.stringContaining('additional properties') },
  })
  expect(await sandbox.control('POST', '/people/5/say', { bot: 'x', text: 'y' })).toMatchObject({
    status: 404,
    body: { error: 'there is no bot @x' },
  })
})
