import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { eventually } from '@tellwire/testing'
import { expect } from 'vitest'
import { test } from '../../test/fixtures.js'

interface Delivered {
  update: { update_id: number; message?: { text: string; chat: { id: number } } }
  secret: string | undefined
  atMs: number
}

/** A webhook endpoint that answers as it is told. */
async function startEndpoint(
  answer: (delivered: Delivered, count: number) => { status: number; headers?: Record<string, string>; body?: string },
) {
  const received: Delivered[] = []
  const server = createServer((request: IncomingMessage, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      const delivered = {
        update: JSON.parse(body),
        secret: request.headers['x-telegram-bot-api-secret-token'] as string | undefined,
        atMs: performance.now(),
      }
      received.push(delivered)
      const { status, headers, body: text } = answer(delivered, received.length)
      response.writeHead(status, headers).end(text)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    received,
    close: () => server.close(),
  }
}

test('hands updates out until they are confirmed', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  await sandbox.newChat(bot)
  await sandbox.newChat(bot)

  const first = (await sandbox.api(bot.token, 'getUpdates')).body.result
  const confirmed = (await sandbox.api(bot.token, 'getUpdates', { offset: first[0].update_id + 1 })).body.result
  const newest = (await sandbox.api(bot.token, 'getUpdates', { offset: -1 })).body.result

  expect(first).toHaveLength(2)
  expect(first[0].message).toMatchObject({
    text: '/start',
    entities: [{ type: 'bot_command', offset: 0, length: 6 }],
    chat: { type: 'private' },
  })
  expect(confirmed).toEqual([first[1]])
  expect(newest).toEqual([first[1]])
})

test('answers a long poll the moment something happens', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const startedAtMs = performance.now()

  const waiting = sandbox.api(bot.token, 'getUpdates', { timeout: 30 })
  await sandbox.newChat(bot)

  expect((await waiting).body.result).toHaveLength(1)
  expect(performance.now() - startedAtMs).toBeLessThan(20_000)
})

test('lets a newer long poll end the older, and a webhook end both', async ({ sandbox }) => {
  const bot = await sandbox.newBot()

  const older = sandbox.api(bot.token, 'getUpdates', { timeout: 30 })
  await sandbox.api(bot.token, 'getMe')
  const newer = sandbox.api(bot.token, 'getUpdates', { timeout: 30 })
  expect((await older).body.description).toMatch(/^Conflict: terminated by other getUpdates request/)

  await sandbox.api(bot.token, 'setWebhook', { url: 'http://127.0.0.1:9/' })
  expect((await newer).body.description).toBe('Conflict: terminated by setWebhook request')
  expect((await sandbox.api(bot.token, 'getUpdates')).body.description).toMatch(
    /^Conflict: can't use getUpdates method while webhook is active/,
  )
})

test('keeps the kinds that a bot asked for, and leaves the rare ones out by default', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.api(bot.token, 'getUpdates', { offset: -1, allowed_updates: ['my_chat_member', 'nonsense'] })
  await sandbox.control('POST', `/people/${chatId}/say`, { bot: bot.username, text: 'unheard' })
  await sandbox.control('POST', `/people/${chatId}/block`, { bot: bot.username })

  const updates = (await sandbox.api(bot.token, 'getUpdates')).body.result

  expect(updates.at(-1)).toMatchObject({
    my_chat_member: { old_chat_member: { status: 'member' }, new_chat_member: { status: 'kicked', until_date: 0 } },
  })
  expect(JSON.stringify(updates)).not.toContain('unheard')
})

test('pushes to a webhook with its secret, in order within a chat, and again until it is taken', async ({
  sandbox,
}) => {
  const endpoint = await startEndpoint((_delivered, count) => ({ status: count === 1 ? 500 : 200 }))
  const bot = await sandbox.newBot()
  const set = await sandbox.api(bot.token, 'setWebhook', { url: endpoint.url, secret_token: 'abc_-1' })
  const chatId = await sandbox.newChat(bot)
  await sandbox.control('POST', `/people/${chatId}/say`, { bot: bot.username, text: 'second' })

  const received = await eventually(
    () => endpoint.received,
    (all) => all.length === 3,
  )

  expect(set.body).toEqual({ ok: true, result: true, description: 'Webhook was set' })
  expect(received.map(({ update }) => update.message?.text)).toEqual(['/start', '/start', 'second'])
  expect(received.map(({ secret }) => secret)).toEqual(['abc_-1', 'abc_-1', 'abc_-1'])
  const info = (await sandbox.api(bot.token, 'getWebhookInfo')).body.result
  expect(info).toMatchObject({
    url: endpoint.url,
    pending_update_count: 0,
    last_error_message: 'Wrong response from the webhook: 500 Internal Server Error',
  })
  endpoint.close()
})

test('obeys Retry-After of a webhook, and does not hold up other chats', async ({ sandbox }) => {
  const endpoint = await startEndpoint(({ update }, count) =>
    update.message?.text === 'slow' && count <= 1 ? { status: 503, headers: { 'retry-after': '2' } } : { status: 200 },
  )
  const bot = await sandbox.newBot()
  const [slow, quick] = [await sandbox.newChat(bot), await sandbox.newChat(bot)]
  await sandbox.api(bot.token, 'setWebhook', { url: endpoint.url, drop_pending_updates: true })
  await sandbox.control('POST', `/people/${slow}/say`, { bot: bot.username, text: 'slow' })
  await sandbox.control('POST', `/people/${quick}/say`, { bot: bot.username, text: 'quick' })

  const received = await eventually(
    () => endpoint.received,
    (all) => all.length === 3,
  )

  expect(received.map(({ update }) => update.message?.text)).toEqual(['slow', 'quick', 'slow'])
  expect((received[2]?.atMs ?? 0) - (received[0]?.atMs ?? 0)).toBeGreaterThan(1_900)
  endpoint.close()
})

test('carries out a method that the reply to a webhook names', async ({ sandbox }) => {
  const endpoint = await startEndpoint(({ update }) => ({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ method: 'sendMessage', chat_id: update.message?.chat.id, text: 'from the reply' }),
  }))
  const bot = await sandbox.newBot()
  await sandbox.api(bot.token, 'setWebhook', { url: endpoint.url })
  const chatId = await sandbox.newChat(bot)

  const messages = await eventually(
    async () => (await sandbox.control('GET', `/people/${chatId}/messages?bot=${bot.username}`)).body.data,
    (data: unknown[]) => data.length === 2,
  )

  expect(messages[1]).toMatchObject({ from_bot: true, text: 'from the reply' })
  endpoint.close()
})

test.for([
  [{ url: 'http://' }, 'Bad Request: invalid webhook URL specified'],
  [{ url: 'ftp://127.0.0.1/' }, 'Bad Request: bad webhook: An HTTPS URL must be provided for webhook'],
  [{ url: 'https://127.0.0.1/', secret_token: 'a b' }, 'Bad Request: secret token contains unallowed characters'],
  [{ url: 'https://127.0.0.1/', secret_token: 'x'.repeat(257) }, 'Bad Request: secret token is too long'],
] as const)('refuses the webhook %j', async ([body, description], { sandbox }) => {
  const bot = await sandbox.newBot()

  expect((await sandbox.api(bot.token, 'setWebhook', body)).body).toMatchObject({ error_code: 400, description })
})
