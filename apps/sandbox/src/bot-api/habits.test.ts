import { expect } from 'vitest'
import { type Sandbox, test } from '../../test/fixtures.js'

// Telegram does some things without a word, and has something against some messages in a group.

async function prepare(sandbox: Sandbox) {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.control('PUT', '/limits', { enabled: false })
  const newest = async () =>
    (await sandbox.control('GET', `/people/${chatId}/messages?bot=${bot.username}`)).body.data.at(-1)
  const send = (message: object) => sandbox.api(bot.token, 'sendMessage', { chat_id: chatId, ...message })
  return { bot, chatId, send, newest }
}

test('of more than a hundred entities the rest is left out', async ({ sandbox }) => {
  const { send } = await prepare(sandbox)
  const entities = Array.from({ length: 120 }, (_, index) => ({ type: 'bold', offset: index * 2, length: 1 }))
  const { body } = await send({ text: 'x '.repeat(120), entities })

  expect(body.result.entities).toHaveLength(100)
  const links = entities.map((entity) => ({ ...entity, type: 'text_link', url: `https://a.example/${'x'.repeat(90)}` }))
  expect((await send({ text: 'x '.repeat(120), entities: links })).body.description).toBe(
    'Bad Request: ENTITIES_TOO_LONG',
  )
})

test.for([
  ['see https://a.example/x.', 'https://a.example/x'],
  ['read README.md first', 'http://README.md'],
  ['nothing here', null],
])('shows a page below %j: %s', async ([text, preview], { sandbox }) => {
  const { send, newest } = await prepare(sandbox)
  await send({ text })

  expect((await newest()).preview).toBe(preview)
})

test('shows the page that a message names, none where it says so, and forgets both with an edit', async ({
  sandbox,
}) => {
  const { bot, chatId, send, newest } = await prepare(sandbox)
  const text = 'https://a.example/'
  await send({ text, link_preview_options: { url: 'https://b.example/' } })
  expect((await newest()).preview).toBe('https://b.example/')
  const { body } = await send({ text, link_preview_options: { is_disabled: true } })
  expect((await newest()).preview).toBeNull()

  const edit = { chat_id: chatId, message_id: body.result.message_id, text: `${text}new` }
  await sandbox.api(bot.token, 'editMessageText', edit)
  expect((await newest()).preview).toBe('https://a.example/new')
})

test.for([
  [{ inline_keyboard: [[{ text: 'x', web_app: { url: 'https://a.example/' } }]] }, 'BUTTON_TYPE_INVALID'],
  [{ keyboard: [[{ text: 'x', request_contact: true }]] }, 'phone number can be requested in private chats only'],
  [{ keyboard: [[{ text: 'x', request_location: true }]] }, 'location can be requested in private chats only'],
] as const)('takes %j in private chats alone', async ([markup, description], { sandbox }) => {
  const { bot, chatId, send } = await prepare(sandbox)
  const { id } = (await sandbox.control('POST', '/groups', { title: 'G', members: [chatId] })).body
  await sandbox.control('POST', `/groups/${id}/bots`, { bot: bot.username, person: chatId })

  expect((await send({ text: 'x', reply_markup: markup })).body.ok).toBe(true)
  const { body } = await send({ chat_id: id, text: 'x', reply_markup: markup })
  expect(body.description).toBe(`Bad Request: ${description}`)
})

test('fetches an address as it is written', async ({ sandbox }) => {
  const { bot, chatId } = await prepare(sandbox)
  const photo = (address: string) => sandbox.api(bot.token, 'sendPhoto', { chat_id: chatId, photo: address })

  expect((await photo('https://a.example/caf%C3%A9.jpg')).body.ok).toBe(true)
  for (const address of ['https://a.example/café.jpg', 'https://bücher.example/x.jpg', 'https://a.example/a b.jpg']) {
    expect((await photo(address)).body.description).toBe('Bad Request: failed to get HTTP URL content')
  }
})
