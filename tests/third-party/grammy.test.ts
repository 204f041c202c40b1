import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { eventually, startProcess, type StartedProcess } from '@tellwire/testing'
import { Bot, InlineKeyboard, webhookCallback } from 'grammy'
import { afterAll, beforeAll, expect, test } from 'vitest'

let sandboxProcess: StartedProcess
let sandbox: string
beforeAll(async () => {
  sandboxProcess = await startProcess(fileURLToPath(new URL('../../apps/sandbox/bundle/main.js', import.meta.url)), {
    PORT: '0',
  })
  sandbox = `http://127.0.0.1:${sandboxProcess.ready.port}`
  await control('PUT', '/limits', { enabled: false })
})
afterAll(() => sandboxProcess.stop())

interface Shown {
  message_id: number
  text: string
  edited: boolean
  from_bot: boolean
}

async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${sandbox}/sandbox/v1${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  return (await response.json()) as T
}

/** A small bot as anyone would write it with grammY: a greeting with a button that edits it. */
async function makeBot(): Promise<{ bot: Bot; username: string }> {
  const { token, username } = await control<{ token: string; username: string }>('POST', '/bots', {})
  const bot = new Bot(token, { client: { apiRoot: sandbox } })
  bot.command('start', (ctx) =>
    ctx.reply(`payload ${ctx.match}`, { reply_markup: new InlineKeyboard().text('More', 'more') }),
  )
  bot.callbackQuery('more', async (ctx) => {
    await ctx.answerCallbackQuery('one moment')
    await ctx.editMessageText('edited')
  })
  return { bot, username }
}

async function playThrough(username: string): Promise<void> {
  const { id } = await control<{ id: number }>('POST', '/people', { first_name: 'Ada' })
  const messages = async () => (await control<{ data: Shown[] }>('GET', `/people/${id}/messages?bot=${username}`)).data
  await control('POST', `/people/${id}/open`, { link: `https://t.me/${username}?start=token_1` })

  const [, greeting] = await eventually(messages, (all) => all.length === 2)
  expect(greeting).toMatchObject({ text: 'payload token_1', from_bot: true })
  const press = await control<{ callback_query_id: string }>('POST', `/people/${id}/press`, {
    message_id: greeting?.message_id,
    row: 0,
    column: 0,
  })

  const [, edited] = await eventually(messages, (all) => all[1]?.edited === true)
  expect(edited).toMatchObject({ text: 'edited' })
  expect(await control('GET', `/callback-queries/${press.callback_query_id}`)).toEqual({
    is_answered: true,
    text: 'one moment',
  })
}

test('a grammY bot works unchanged by long polling', async () => {
  const { bot, username } = await makeBot()
  const running = bot.start()

  await playThrough(username)

  expect(bot.botInfo.username).toBe(username)
  await bot.stop()
  await running
})

test('a grammY bot works unchanged by webhook', async () => {
  const { bot, username } = await makeBot()
  const handle = webhookCallback(bot, 'http', { secretToken: 'secret' })
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await bot.api.setWebhook(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, { secret_token: 'secret' })

  await playThrough(username)

  expect(await bot.api.getWebhookInfo()).toMatchObject({ pending_update_count: 0 })
  await bot.api.deleteWebhook()
  server.close()
})
