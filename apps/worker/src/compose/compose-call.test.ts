import type { ClaimedDelivery, ClaimedNotification } from '@tellwire/db'
import { createBoundedWork, type MessageOptions, readContent } from '@tellwire/domain'
import { afterAll, describe, expect, test } from 'vitest'
import { aNotification, anEdit, aReply } from '../../test/deliveries.js'
import type { Call, NoCall } from './call.js'
import { composeCall } from './compose-call.js'
import { type LookUps, noLookUps, type StoredFile } from './look-ups.js'
import { createPreparer } from './prepare.js'
import { mediumKey } from './uploads.js'

const work = createBoundedWork()
afterAll(() => work.close())
const preparer = createPreparer(work, (deliveryId, { index }) => `${deliveryId.slice(-1)}.${index}`)

const compose = async (delivery: ClaimedDelivery, given: Partial<LookUps> = {}): Promise<Call | NoCall> => {
  const lookUps = { ...noLookUps, ...given }
  const content = readContent(delivery.kind === 'reply' ? null : delivery.content)
  return composeCall(delivery, lookUps, await preparer.prepare(delivery, content, lookUps))
}

const saying = (text: string, options: MessageOptions = {}, fields: Partial<ClaimedNotification> = {}) =>
  aNotification({ content: { format: 'markdown', text, options }, ...fields })

const upload = { name: 'a.png', mimeType: 'image/png', size: 1, open: async () => process.stdin }
const files = (type: 'photo' | 'document' | 'video', file: StoredFile) =>
  new Map([[mediumKey({ type, fileId: 'f1' }), file]])
const thread = {
  notificationId: 'other',
  messageId: 9,
  method: 'sendMessage' as const,
  shown: { text: 'before', entities: [] },
  kept: { reply_markup: { inline_keyboard: [] } },
}
const long = 'word '.repeat(1_200)

describe('every kind of message', () => {
  test.for([
    ['a reply of ours', aReply('Welcome'), {}, 'sendMessage', { text: 'Welcome' }],
    ['Markdown', saying('**a**'), {}, 'sendMessage', { text: 'a', entities: [{ type: 'bold', offset: 0, length: 1 }] }],
    [
      'buttons',
      saying('x', { buttons: [[{ text: 'b', action: 'go', style: 'danger' }]] }),
      {},
      'sendMessage',
      { reply_markup: { inline_keyboard: [[{ text: 'b', style: 'danger', callback_data: '1.0' }]] } },
    ],
    ['a forum topic', saying('x', { forum_topic: 3 }), {}, 'sendMessage', { message_thread_id: 3 }],
    [
      'an answer',
      saying('x', { reply_to: 'n' }),
      { replyTo: { messageId: 4, chatId: '42' } },
      'sendMessage',
      { reply_parameters: { message_id: 4 } },
    ],
    [
      'an answer to a message from before the group became a supergroup',
      saying('x', { reply_to: 'n' }),
      { replyTo: { messageId: 4, chatId: '-7' } },
      'sendMessage',
      { reply_parameters: { message_id: 4, chat_id: -7 } },
    ],
    [
      'a photo by its address',
      saying('x', { attachments: [{ type: 'photo', url: 'https://a.b/c' }] }),
      {},
      'sendPhoto',
      { photo: 'https://a.b/c', caption: 'x' },
    ],
    [
      'a file that Telegram knows',
      saying('', { attachments: [{ type: 'video', file: 'f1' }] }),
      { files: files('video', { kind: 'known', telegramFileId: 'BAAD' }) },
      'sendVideo',
      { video: 'BAAD' },
    ],
    [
      'a file to upload',
      saying('', { attachments: [{ type: 'photo', file: 'f1', spoiler: true }] }),
      { files: files('photo', { kind: 'upload', upload }) },
      'sendPhoto',
      { photo: 'attach://file0', has_spoiler: true },
    ],
    [
      'a photo that goes as a document',
      saying('', { attachments: [{ type: 'photo', file: 'f1', fallback: 'document' }] }, { dropped: ['photo'] }),
      { files: files('document', { kind: 'known', telegramFileId: 'BQAC' }) },
      'sendDocument',
      { document: 'BQAC' },
    ],
    ['a text as a file', saying(long, { overflow: 'file' }), {}, 'sendDocument', { document: 'attach://file0' }],
    ['the first of a thread', saying('x', { thread_key: 'k', mode: 'replace' }), {}, 'sendMessage', { text: 'x' }],
    [
      'a thread that is replaced',
      saying('x', { thread_key: 'k', mode: 'replace' }),
      { thread },
      'editMessageText',
      { message_id: 9, text: 'x' },
    ],
    [
      'a thread that is added to',
      saying('x', { thread_key: 'k', mode: 'append' }),
      { thread },
      'editMessageText',
      { text: 'before\n\nx', reply_markup: { inline_keyboard: [] } },
    ],
    [
      'a thread that is answered',
      saying('x', { thread_key: 'k', mode: 'reply' }),
      { thread },
      'sendMessage',
      { reply_parameters: { message_id: 9 } },
    ],
    [
      'a thread whose message cannot be edited',
      saying('x', { thread_key: 'k', mode: 'replace' }, { dropped: ['thread'] }),
      { thread },
      'sendMessage',
      { reply_parameters: { message_id: 9 } },
    ],
    [
      'an edit',
      anEdit(),
      { sent: { chatId: '42', messageIds: [5], dropped: [] } },
      'editMessageText',
      { message_id: 5, text: 'hello' },
    ],
    [
      'taking back',
      anEdit({ type: 'delete' }),
      { sent: { chatId: '42', messageIds: [5], dropped: [] } },
      'deleteMessage',
      { message_id: 5 },
    ],
  ] as [string, ClaimedDelivery, Partial<LookUps>, string, object][])(
    '%s',
    async ([, delivery, lookUps, method, params]) => {
      const call = await compose(delivery, lookUps)

      expect(call).toMatchObject({ method, params })
    },
  )

  test('an album is one call and several messages', async () => {
    const attachments = [
      { type: 'photo' as const, url: 'https://a.b/1' },
      { type: 'video' as const, url: 'https://a.b/2' },
    ]

    expect(await compose(saying('x', { attachments }))).toMatchObject({
      method: 'sendMediaGroup',
      messageCount: 2,
      params: {
        media: [
          { type: 'photo', media: 'https://a.b/1', caption: 'x' },
          { type: 'video', media: 'https://a.b/2' },
        ],
      },
    })
  })

  test('a template is filled in with its reader', async () => {
    const template = {
      content: {
        format: 'plain' as const,
        default_locale: 'en',
        texts: { en: 'Hi {{name}}', de: 'Hallo {{name}}' },
        strict: true,
      },
      reader: { userId: 'u', attributes: { name: 'Ada' }, locales: ['de'] },
    }
    const use = { id: 't', version: 1, variables: {} }

    expect(await compose(saying('', { template: use }), { template })).toMatchObject({ params: { text: 'Hallo Ada' } })
    expect(
      await compose(saying('', { template: use }), {
        template: { ...template, reader: { ...template.reader, attributes: {} } },
      }),
    ).toEqual({
      failure: { class: 'message', code: 'variables_missing' },
    })
  })
})

describe('a message of several parts', () => {
  test('is sent part by part', async () => {
    const parts = await Promise.all([0, 1].map((part) => compose(saying(long, {}, { part }))))

    expect(parts).toMatchObject([{ isLast: false }, { isLast: true }])
    expect(await compose(saying(long, {}, { part: 2 }))).toMatchObject({ isOver: true })
  })

  test('is taken back where it was sent, and where that is now', async () => {
    const sent = { chatId: '-7', messageIds: [5, 6], dropped: [] }

    expect(await compose(anEdit({ type: 'delete' }), { sent })).toMatchObject({
      params: { chat_id: -7, message_id: 5 },
      droppable: ['former_chat'],
    })
    expect(await compose(anEdit({ type: 'delete' }, { dropped: ['former_chat'] }), { sent })).toMatchObject({
      params: { message_id: 5 },
      droppable: [],
    })
  })

  test('is edited and taken back message by message', async () => {
    const sent = { chatId: '42', messageIds: [5, 6], dropped: [] }

    expect(await compose(anEdit({ type: 'delete' }, { part: 1 }), { sent })).toMatchObject({
      editsMessageId: 6,
      isLast: true,
    })
    expect(
      await compose(anEdit({}, { part: 1, content: { format: 'markdown', text: long, options: {} } }), { sent }),
    ).toMatchObject({
      editsMessageId: 6,
      isLast: true,
    })
  })
})

describe('there is no call', () => {
  test.for([
    [
      'for a text that Telegram refuses',
      aNotification({ content: { format: 'telegram_html', text: '<b>', options: {} } }),
      {},
      'formatting_refused',
    ],
    ['for a file that is gone', saying('', { attachments: [{ type: 'photo', file: 'f1' }] }), {}, 'file_missing'],
    [
      'for a template that is gone',
      saying('', { template: { id: 't', version: 1, variables: {} } }),
      {},
      'template_gone',
    ],
    ['to edit what was not sent', anEdit(), {}, 'nothing_sent'],
    [
      'to edit it to more messages',
      anEdit(),
      { sent: { chatId: '42', messageIds: [5, 6], dropped: [] } },
      'not_editable',
    ],
    [
      'to edit what a later one of the thread has replaced',
      anEdit({}, { content: { format: 'markdown', text: 'x', options: { thread_key: 'k' } } }),
      { sent: { chatId: '42', messageIds: [9], dropped: [] }, thread },
      'superseded',
    ],
  ] as [string, ClaimedDelivery, Partial<LookUps>, string][])('%s', async ([, delivery, lookUps, code]) => {
    expect(await compose(delivery, lookUps)).toMatchObject({ failure: { class: 'message', code } })
  })
})

describe('a message that was prepared', () => {
  const prepare = (text: string, fields: Partial<ClaimedNotification>) => {
    const delivery = saying(text, {}, fields)
    return preparer.prepare(delivery, readContent(delivery.content), noLookUps)
  }

  test('is prepared once for all its parts, and anew once it is another', async () => {
    const first = await prepare(long, { part: 0 })

    expect(await prepare(long, { part: 1 })).toBe(first)
    expect(await prepare(`${long}!`, { part: 1 })).not.toBe(first)
    expect(await prepare(long, { part: 1, dropped: ['formatting'] })).not.toBe(first)
  })
})
