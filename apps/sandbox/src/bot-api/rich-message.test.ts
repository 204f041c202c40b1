import { expect } from 'vitest'
import { test } from '../../test/fixtures.js'

const paragraph = { type: 'paragraph', text: 'x' }
const deep = (levels: number): object => (levels === 0 ? paragraph : { type: 'blockquote', blocks: [deep(levels - 1)] })

test('shows a rich message as it was sent, and edits it to a text and back', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  await sandbox.control('PUT', '/limits', { enabled: false })
  const blocks = [{ type: 'heading', size: 2, text: ['A ', { type: 'bold', text: 'b' }] }, paragraph]

  const { body: sent } = await sandbox.api(bot.token, 'sendRichMessage', { chat_id: chatId, rich_message: { blocks } })
  expect(sent.result).toMatchObject({ rich_message: { blocks } })
  expect(sent.result.text).toBeUndefined()
  const { message_id: messageId } = sent.result
  const edit = (change: object) =>
    sandbox.api(bot.token, 'editMessageText', { chat_id: chatId, message_id: messageId, ...change })
  expect((await edit({ text: 'plain' })).body.result).toMatchObject({ text: 'plain' })
  expect((await edit({ text: 'ignored', rich_message: { blocks } })).body.result).toMatchObject({
    rich_message: { blocks },
  })
  const { body: shown } = await sandbox.control('GET', `/people/${chatId}/messages?bot=${bot.username}`)
  expect(shown.data.at(-1)).toMatchObject({ text: 'A b\n\nx', blocks })
})

test('refuses in the words of Telegram', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  const refusals: [unknown, string][] = [
    ['{', "can't parse rich message JSON object"],
    [[], 'object expected as rich message'],
    [{}, 'rich message must be non-empty'],
    [{ blocks: [], markdown: 'x' }, 'rich message must be non-empty'],
    [{ blocks: ['x'] }, 'object expected as InputRichMessageBlock'],
    [{ blocks: [{ type: 'widget' }] }, 'can\'t parse InputRichBlock: type "widget" is unsupported'],
    [{ blocks: [{ type: 'heading', size: 7, text: 'x' }] }, 'invalid section heading size specified'],
    [{ blocks: [{ type: 'paragraph' }] }, 'invalid rich text specified'],
    [{ blocks: [{ type: 'paragraph', text: { type: 'blink', text: 'x' } }] }, 'unsupported rich text type'],
    [{ blocks: [{ type: 'list', items: [] }] }, 'list must be non-empty'],
    [
      { blocks: [{ type: 'list', items: [{ blocks: [paragraph] }, { blocks: [paragraph], type: '1' }] }] },
      'list must be either ordered or unordered',
    ],
    [{ blocks: [{ type: 'table', cells: [{ text: 'x' }] }] }, 'richBlockTableCell must be an object'],
    [{ blocks: [{ type: 'table', cells: [[{ align: 'up' }]] }] }, 'invalid horizontal alignment specified'],
    [
      { blocks: [{ type: 'photo', photo: { type: 'video', media: 'x' } }] },
      'unexpected media type "video" for block "photo"',
    ],
    [
      { blocks: [{ type: 'photo', photo: { type: 'photo', media: 'https://no.invalid/x' } }] },
      'RICH_MESSAGE_PHOTO_NO_MEDIA_FOUND',
    ],
    [{ blocks: [{ type: 'map', location: {}, zoom: 1, width: 1, height: 1 }] }, 'invalid location specified'],
    [{ blocks: [deep(16)] }, 'RICH_MESSAGE_TOO_LARGE'],
    [{ blocks: Array(501).fill(paragraph) }, 'RICH_MESSAGE_BLOCKS_TOO_MANY'],
    [{ blocks: [{ type: 'paragraph', text: 'x'.repeat(32_769) }] }, 'RICH_MESSAGE_TEXT_TOO_LONG'],
    [{ blocks: [{ type: 'paragraph', text: ' ' }] }, 'RICH_MESSAGE_EMPTY'],
  ]
  for (const [rich, description] of refusals) {
    const { body } = await sandbox.api(bot.token, 'sendRichMessage', { chat_id: chatId, rich_message: rich })
    expect(body.description).toBe(`Bad Request: ${description}`)
  }
})

test('leaves out what is too costly, and says nothing', async ({ sandbox }) => {
  const bot = await sandbox.newBot()
  const chatId = await sandbox.newChat(bot)
  const blocks = Array.from({ length: 100 }, () => ({
    type: 'paragraph',
    text: Array.from({ length: 50 }, () => ({ type: 'bold', text: 'x' })),
  }))
  const { body } = await sandbox.api(bot.token, 'sendRichMessage', { chat_id: chatId, rich_message: { blocks } })

  expect(body.ok).toBe(true)
  expect(body.result.rich_message.blocks.length).toBeLessThan(100)
})
