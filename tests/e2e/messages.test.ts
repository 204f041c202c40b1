import { parseId } from '@tellwire/domain'
import { eventually, makePng } from '@tellwire/testing'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Json, type Person, type World, createWorld } from './world.js'

const png = makePng(1, 1, [0, 0, 255])

describe('what a message can be', () => {
  let world: World
  let person: Person
  let files: Server
  let fileHost: string
  let count = 0

  beforeAll(async () => {
    world = await createWorld({ env: { TELEGRAM_TIMEOUT_SECONDS: '5' } })
    files = createServer((request, response) => {
      if (request.url !== '/cover.png') response.writeHead(404).end()
      else response.writeHead(200, { 'content-type': 'image/png' }).end(png)
    })
    await new Promise<void>((resolve) => files.listen(0, '127.0.0.1', resolve))
    fileHost = `http://127.0.0.1:${(files.address() as AddressInfo).port}`
  })
  afterAll(async () => {
    files.close()
    await world.stop()
  })
  // A chat for each test: a chat is written to once a second.
  beforeEach(async () => {
    await world.control('DELETE', '/faults')
    person = await world.connect(`reader${++count}`)
  })

  const reader = () => ({ user_id: `reader${count}` })
  const post = async (message: object): Promise<string> => (await world.post({ to: reader(), ...message }))['id']
  const send = async (message: object): Promise<Json> => {
    const notification = await world.settled(await post(message))
    expect(notification['deliveries'][0]).toMatchObject({ status: 'sent', failure: null })
    return notification
  }
  /** What the bot wrote after the welcome. */
  const shown = async (): Promise<Json[]> => (await person.answers()).slice(1)
  const refused = async (message: object) => {
    const { status, body } = await world.call('POST', '/v1/notifications', { to: reader(), ...message })
    return { status, code: body['code'], pointer: body['errors']?.[0]?.pointer }
  }
  const edited = (id: string, edit: Json = { status: 'done' }): Promise<Json> =>
    eventually(
      () => world.notification(id),
      (notification) =>
        Object.entries(edit).every(([name, value]) => notification['deliveries'][0].edit?.[name] === value),
    )
  const upload = async (content: Buffer, name: string, type: string) => {
    const form = new FormData()
    form.append('file', new Blob([new Uint8Array(content)], { type }), name)
    const response = await fetch(`${world.api}/v1/files`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key}` },
      body: form,
    })
    return { status: response.status, body: (await response.json()) as Json }
  }

  test("Telegram's own formats, and what would be refused of them", async () => {
    await send({ format: 'telegram_html', text: '<b>Hi</b> &amp; <tg-spoiler>bye</tg-spoiler>' })
    const answer = await world.call('POST', '/v1/notifications', {
      to: reader(),
      format: 'telegram_markdown_v2',
      text: 'Total: 👍 3.50',
    })

    expect(await shown()).toMatchObject([
      {
        text: 'Hi & bye',
        entities: [
          { type: 'bold', offset: 0, length: 2 },
          { type: 'spoiler', offset: 5, length: 3 },
        ],
      },
    ])
    expect(answer.body).toMatchObject({
      status: 422,
      code: 'markup_invalid',
      errors: [
        {
          pointer: '/text',
          detail: "Can't parse entities: Character '.' is reserved and must be escaped with the preceding '\\'",
          offset: 10,
          context: 'Total: 👍 3.50',
        },
      ],
    })
  })

  test('a long text goes in parts, in order, and goes on after the part that failed', async () => {
    const text = Array.from({ length: 3 }, (_, part) => `Part ${part} ${'word '.repeat(700)}`).join('\n\n')
    const id = await post({ text })
    await eventually(shown, (messages) => messages.length === 1)
    await world.control('POST', '/faults', {
      method: 'sendMessage',
      chat_id: person.id,
      kind: 'status',
      status: 502,
      times: 1,
    })

    const notification = await world.settled(id)

    const messages = await shown()
    expect(messages.map((each) => each['text'].slice(0, 6))).toEqual(['Part 0', 'Part 1', 'Part 2'])
    expect(notification['deliveries'][0]).toMatchObject({
      status: 'sent',
      telegram_message_ids: messages.map((each) => each['message_id']),
    })
  })

  test('a long text is cut, sent as a file or refused, as asked', async () => {
    const text = `# Report\n\n${'word '.repeat(1_000)}`
    await send({ text, overflow: 'truncate' })
    await send({ text, overflow: 'file' })

    const [cut, file] = await shown()
    expect(cut?.['text']).toMatch(/word…$/)
    expect(file).toMatchObject({ media: { type: 'document', name: 'message.txt' } })
    const content = await fetch(world.sandbox + file?.['media'].url)
    expect(await content.text()).toBe(`Report\n\n${'word '.repeat(1_000).trim()}`)
    expect(await refused({ text, overflow: 'reject' })).toEqual({
      status: 422,
      code: 'message_too_long',
      pointer: '/text',
    })
  })

  test.each(['photo', 'video', 'animation', 'audio', 'voice', 'document', 'sticker'])(
    'a %s, by upload and again without',
    async (type) => {
      const { body: file } = await upload(Buffer.concat([png, Buffer.from(type)]), 'a file.png', 'image/png')
      await send({ text: 'see', attachments: [{ type, file: file['id'] }] })
      await send({ attachments: [{ type, file_id: file['id'] }] })

      const messages = await shown()
      const media = messages.filter((each) => each['media'])
      expect(media.map((each) => each['media'].type)).toEqual([type, type])
      expect(media[0]?.['media'].file_id).toBe(media[1]?.['media'].file_id)
      expect(messages.some((each) => each['text'] === 'see')).toBe(true)
    },
  )

  test('a photo by address and by file_id, and an address that gives nothing', async () => {
    await send({ attachments: [{ type: 'photo', url: `${fileHost}/cover.png`, spoiler: true }] })
    const [first] = await shown()
    await send({ attachments: [{ type: 'photo', file_id: first?.['media'].file_id }] })
    const failed = await world.settled(await post({ attachments: [{ type: 'photo', url: `${fileHost}/none.png` }] }))

    expect(await shown()).toMatchObject([
      { media: { type: 'photo', spoiler: true, width: 1, height: 1 } },
      { media: { type: 'photo', file_id: first?.['media'].file_id } },
    ])
    expect(failed['deliveries'][0]).toMatchObject({ status: 'failed', failure: { code: 'media_unreachable' } })
  })

  test('an album with a caption, and with buttons below it', async () => {
    const { body: file } = await upload(png, 'one.png', 'image/png')
    const attachments = [
      { type: 'photo', file: file['id'] },
      { type: 'photo', url: `${fileHost}/cover.png` },
    ]
    const notification = await send({ text: '**Both**', attachments })
    await send({ text: 'Choose', attachments, buttons: [[{ text: 'Buy', url: 'https://example.com' }]] })

    const messages = await shown()
    const [group] = [...new Set(messages.map((each) => each['media_group_id']))]
    expect(messages.map((each) => each['text'])).toEqual(['Both', '', '', '', 'Choose'])
    expect(messages.slice(0, 2).every((each) => each['media_group_id'] === group)).toBe(true)
    expect(messages[4]?.['buttons']).toEqual([[{ text: 'Buy', url: 'https://example.com/' }]])
    expect(notification['deliveries'][0].telegram_message_ids).toHaveLength(2)
  })

  test('a caption that is too long goes on in a message', async () => {
    const { body: file } = await upload(png, 'one.png', 'image/png')
    await send({
      text: `${'word '.repeat(200)}\n\n${'more '.repeat(200)}`,
      attachments: [{ type: 'photo', file: file['id'] }],
    })

    expect((await shown()).map((each) => [each['media']?.type ?? null, each['text'].slice(0, 4)])).toEqual([
      ['photo', 'word'],
      [null, 'more'],
    ])
  })

  test('a file that Telegram has forgotten is uploaded again', async () => {
    const { body: file } = await upload(Buffer.concat([png, Buffer.from('stale')]), 'one.png', 'image/png')
    await send({ attachments: [{ type: 'document', file: file['id'] }] })
    await world.control('DELETE', '/files')
    await send({ attachments: [{ type: 'document', file: file['id'] }] })

    expect((await shown()).filter((each) => each['media'])).toHaveLength(2)
  })

  test('a photo of a strange shape goes as a document when asked', async () => {
    const { body: file } = await upload(makePng(2_000, 1, [0, 0, 255]), 'wide.png', 'image/png')
    const failed = await world.settled(await post({ attachments: [{ type: 'photo', file: file['id'] }] }))
    const sent = await send({ attachments: [{ type: 'photo', file: file['id'], fallback: 'document' }] })

    expect(failed['deliveries'][0]).toMatchObject({ status: 'failed', failure: { code: 'photo_refused' } })
    expect(sent['deliveries'][0].dropped).toEqual(['photo'])
    expect((await shown()).map((each) => each['media'].type)).toEqual(['document'])
  })

  test('buttons of every kind, and the event of a press with its value', async () => {
    const value = { artist: 7, note: 'x'.repeat(3_000) }
    await send({
      text: 'Choose',
      buttons: [
        [
          { text: 'Listen', url: 'https://example.com/r/1' },
          { text: 'Mute', action: 'mute', value, style: 'danger' },
        ],
        [
          { text: 'Copy', copy: 'A1-77' },
          { text: 'Open', web_app: 'https://example.com/app' },
        ],
      ],
    })
    const [message] = await shown()
    const press = async (row: number, column: number) =>
      (await world.control('POST', `/people/${person.id}/press`, { message_id: message?.['message_id'], row, column }))
        .body

    const { callback_query_id: queryId } = await press(0, 1)
    const [event] = await eventually(
      () => world.events('button.pressed'),
      (events) => events.length > 0,
    )

    expect(message?.['buttons'].flat()).toMatchObject([
      { url: 'https://example.com/r/1' },
      { callback_data: expect.any(String), style: 'danger' },
      { copy_text: { text: 'A1-77' } },
      { web_app: { url: 'https://example.com/app' } },
    ])
    expect(event).toMatchObject({ action: 'mute', value, user_id: `reader${count}` })
    expect(await press(1, 0)).toMatchObject({ copied: 'A1-77' })
    await eventually(
      async () => (await world.control('GET', `/callback-queries/${queryId}`)).body['is_answered'],
      (isAnswered) => isAnswered === true,
    )
  })

  test('a keyboard and its end', async () => {
    await send({ text: 'How was it?', keyboard: { buttons: [['Good', 'Bad']], one_time: true, placeholder: 'Say' } })
    await send({ text: 'Thanks', remove_keyboard: true })

    expect((await shown()).map((each) => each['keyboard'])).toEqual([
      { rows: [[{ text: 'Good' }, { text: 'Bad' }]], isOneTime: true, placeholder: 'Say' },
      { rows: [], isOneTime: false },
    ])
  })

  test('options: silent, protected, previews, effects, replies', async () => {
    const first = await send({ text: 'first', silent: true, protect: true, link_preview: 'off' })
    await send({
      text: 'second https://example.com',
      link_preview: { mode: 'large', above: true, url: 'https://example.com/x' },
      effect: '5104841245755180586',
      reply_to: first['id'],
    })

    const [one, two] = await shown()
    expect(one).toMatchObject({ silent: true, protected: true, link_preview: { is_disabled: true } })
    expect(two).toMatchObject({
      link_preview: { prefer_large_media: true, show_above_text: true, url: 'https://example.com/x' },
      effect: '5104841245755180586',
      reply_to: one?.['message_id'],
    })
  })

  test('a forum topic that is gone: the message goes to the main chat', async () => {
    const forum = { title: 'Team', type: 'supergroup', is_forum: true }
    const chatId = await world.connectGroup(`team${count}`, person, forum)
    const topic = await world.control('POST', `/groups/${chatId}/topics`, { title: 'Alerts' })
    const to = { user_id: `team${count}` }
    await send({ to, text: 'in the topic', forum_topic: topic.body['id'] })
    await world.control('DELETE', `/groups/${chatId}/topics/${topic.body['id']}`)
    const moved = await send({ to, text: 'in the main chat', forum_topic: topic.body['id'] })

    const messages = (await world.control('GET', `/groups/${chatId}/messages`)).body['data'] as Json[]
    expect(messages.slice(-2).map((each) => [each['text'], each['topic']])).toEqual([
      ['in the topic', topic.body['id']],
      ['in the main chat', null],
    ])
    expect(moved['deliveries'][0].dropped).toEqual(['forum_topic'])
    expect((await world.events('notification.degraded')).at(-1)).toMatchObject({ dropped: 'forum_topic' })
  })

  test('a thread is one message that is edited, added to and answered', async () => {
    const thread = { thread_key: 'order-8812' }
    await send({ text: '**Packed**', ...thread })
    await send({ text: 'Shipped', buttons: [[{ text: 'Track', url: 'https://example.com/t' }]], ...thread })
    await send({ text: '_In Linz_', mode: 'append', ...thread })
    await send({ text: 'Delivered', mode: 'reply', ...thread })

    const messages = await shown()
    expect(messages.map((each) => each['text'])).toEqual(['Shipped\n\nIn Linz', 'Delivered'])
    expect(messages[0]).toMatchObject({ edited: true, entities: [{ type: 'italic', offset: 9, length: 7 }] })
    expect(messages[1]?.['reply_to']).toBe(messages[0]?.['message_id'])
  })

  test('the message of a thread that cannot be edited any more is answered', async () => {
    const first = await send({ text: 'one', thread_key: 'k' })
    const [messageId] = first['deliveries'][0].telegram_message_ids as number[]
    await world.control('POST', '/faults', {
      method: 'editMessageText',
      kind: 'status',
      status: 400,
      description: "Bad Request: message can't be edited",
      times: 1,
    })
    const second = await send({ text: 'two', thread_key: 'k' })

    const messages = await shown()
    expect(messages.map((each) => [each['text'], each['reply_to']])).toEqual([
      ['one', null],
      ['two', messageId],
    ])
    expect(second['deliveries'][0].dropped).toEqual(['thread'])
  })

  test('what was sent is edited and taken back', async () => {
    const { id } = await send({ text: 'Fligth', buttons: [[{ text: 'OK', action: 'ok' }]] })
    const patched = await world.call('PATCH', `/v1/notifications/${id}`, { text: '**Flight**' })
    const after = await edited(id)
    const [message] = await shown()
    const same = await world.call('PATCH', `/v1/notifications/${id}`, { text: '**Flight**' })
    await edited(id)
    const tooLong = await world.call('PATCH', `/v1/notifications/${id}`, { text: 'word '.repeat(2_000) })
    const deleted = await world.call('DELETE', `/v1/notifications/${id}/message`)
    const gone = await edited(id, { type: 'delete', status: 'done' })

    expect(patched).toMatchObject({ status: 202, body: { editing: 1 } })
    expect(after).toMatchObject({ text: '**Flight**', deliveries: [{ edit: { type: 'edit' } }] })
    expect(message).toMatchObject({ text: 'Flight', edited: true, entities: [{ type: 'bold' }] })
    expect(message?.['buttons'][0][0].text).toBe('OK')
    expect(same.status).toBe(202)
    expect(tooLong.body).toMatchObject({ status: 422, code: 'not_editable', errors: [{ pointer: '/text' }] })
    expect(deleted).toMatchObject({ status: 202, body: { deleting: 1, too_old: 0 } })
    expect(gone['deliveries'][0].edit.type).toBe('delete')
    expect(await shown()).toEqual([])
  })

  test('a caption and a picture are edited', async () => {
    const { body: file } = await upload(png, 'one.png', 'image/png')
    const { id } = await send({ text: 'old', attachments: [{ type: 'photo', file: file['id'] }] })
    const [before] = await shown()
    await world.call('PATCH', `/v1/notifications/${id}`, { text: 'new' })
    await eventually(shown, ([message]) => message?.['text'] === 'new')
    await world.call('PATCH', `/v1/notifications/${id}`, {
      attachments: [{ type: 'photo', url: `${fileHost}/cover.png` }],
    })
    const [after] = await eventually(shown, ([message]) => message?.['media'].file_id !== before?.['media'].file_id)

    expect(after).toMatchObject({ text: 'new', edited: true, media: { type: 'photo' } })
  })

  test('many edits of a message are a few calls, of which the last shows what was asked for last', async () => {
    const { id } = await send({ text: 'edit 0' })
    for (let number = 1; number <= 40; number++) {
      await world.call('PATCH', `/v1/notifications/${id}`, { text: `edit ${number}` })
    }

    await eventually(shown, ([message]) => message?.['text'] === 'edit 40')
    await edited(id)
    const { body } = await world.control('GET', `/requests?bot=${world.bot.username}`)
    const edits = (body['data'] as Json[]).filter(
      (request) => request['method'] === 'editMessageText' && String(request['text']).startsWith('edit '),
    )
    expect(edits.length).toBeGreaterThanOrEqual(1)
    expect(edits.length).toBeLessThanOrEqual(10)
  })

  test('a broadcast is edited and taken back by and by', async () => {
    await world.call('POST', `/v1/topics/edited/subscribers`, { user_ids: [`reader${count}`] })
    const { id } = await world.post({ to: { topic: 'edited' }, text: 'before' })
    await eventually(shown, ([message]) => message?.['text'] === 'before')
    await world.settled(id as string)

    const patched = await world.call('PATCH', `/v1/notifications/${id}`, { text: 'after' })
    await eventually(shown, ([message]) => message?.['text'] === 'after')
    const deleted = await world.call('DELETE', `/v1/notifications/${id}/message`)
    await eventually(shown, ({ length }) => length === 0)

    expect(patched).toMatchObject({ status: 202, body: { editing: 1 } })
    expect(deleted).toMatchObject({ status: 202, body: { deleting: 1 } })
  })

  test('what is not sent yet goes out with its new content', async () => {
    const id = await post({ text: 'old', send_at: new Date(Date.now() + 2_000).toISOString() })
    const patched = await world.call('PATCH', `/v1/notifications/${id}`, { text: 'new' })
    await world.settled(id)

    expect(patched.body).toMatchObject({ editing: 0 })
    expect((await shown()).map((each) => each['text'])).toEqual(['new'])
  })

  test('a template in the language of whoever reads it, with its version kept', async () => {
    const made = await world.call('POST', '/v1/templates', {
      name: `shipped${count}`,
      default_locale: 'en',
      texts: { en: 'Order **{{order}}** for {{name}}', de: 'Bestellung **{{order}}** für {{name}}' },
      schema: { type: 'object', required: ['order'], properties: { order: { type: 'string' } } },
      strict: true,
      publish: true,
    })
    const id = made.body['id'] as string
    await world.call('PUT', `/v1/users/reader${count}`, { attributes: { name: '*Ada*' }, locale: 'de-AT' })
    const template = { id, variables: { order: 'A_1' } }
    await send({ template })
    const next = await world.call('PUT', `/v1/templates/${id}`, { texts: { en: 'v2' }, publish: true })
    const scheduled = await post({
      template: { id, variables: {} },
      send_at: new Date(Date.now() + 1_500).toISOString(),
    })
    const back = await world.call('POST', `/v1/templates/${id}/rollback`)
    await world.settled(scheduled)

    expect(made).toMatchObject({ status: 201, body: { published_version: 1 } })
    expect(next.body).toMatchObject({ published_version: 2, latest_version: 2 })
    expect(back.body).toMatchObject({ published_version: 1 })
    expect((await shown()).map((each) => each['text'])).toEqual(['Bestellung A_1 für *Ada*', 'v2'])
    expect(await refused({ template: { id, variables: { order: 7 } } })).toEqual({
      status: 422,
      code: 'variables_invalid',
      pointer: '/template/variables/order',
    })
  })

  test('a broadcast of a template says to each what is true of them', async () => {
    const other = await world.connect('reader-other')
    const { body: template } = await world.call('POST', '/v1/templates', {
      name: 'balance',
      default_locale: 'en',
      texts: { en: 'Hi {{name}}, **{{balance}}** left', fr: 'Bonjour {{name}}, il reste **{{balance}}**' },
      publish: true,
    })
    const topic = `/v1/topics/template${count}/subscribers`
    for (const [id, attributes, locale] of [
      [`reader${count}`, { name: '**Ada', balance: '1_0' }, 'en'],
      ['reader-other', { name: '[Bob](x)', balance: 20 }, 'fr-CA'],
    ] as const) {
      await world.call('PUT', `/v1/users/${id}`, { attributes, locale })
      await world.call('PUT', `${topic}/${id}`)
    }
    const { body } = await world.call('POST', '/v1/notifications', {
      to: { topic: `template${count}` },
      template: { id: template['id'], variables: {} },
    })
    await world.settled(body['id'] as string)

    expect((await shown()).map((each) => each['text'])).toEqual(['Hi **Ada, 1_0 left'])
    expect((await other.messages()).at(-1)).toMatchObject({
      text: 'Bonjour [Bob](x), il reste 20',
      entities: [{ type: 'bold', offset: 27, length: 2 }],
    })
  })

  test('a dry run tells parts, lengths and warnings, and sends nothing', async () => {
    const { body } = await world.call('POST', '/v1/render', {
      text: `# Hi\n\n[here](/path) <script>\n\n${'word '.repeat(1_000)}`,
      buttons: [[{ text: 'OK', action: 'ok' }]],
    })

    expect(body['parts']).toMatchObject([{ method: 'sendMessage', length_max: 4_096 }, { method: 'sendMessage' }])
    expect(body['warnings']).toMatchObject([{ code: 'link_as_text' }])
    expect(body['html']).toMatch(/^<strong>Hi<\/strong><br><br>here \(\/path\) &lt;script&gt;/)
    expect(await shown()).toEqual([])
  })

  test('files of an album keep their own names, whatever comes first', async () => {
    const { body: file } = await upload(makePng(3, 2, [255, 0, 0]), 'mine.png', 'image/png')
    await send({
      attachments: [
        { type: 'photo', url: `${fileHost}/cover.png` },
        { type: 'photo', file: file['id'] },
      ],
    })
    await send({ attachments: [{ type: 'photo', file: file['id'] }] })

    const messages = await shown()
    expect(messages.map((each) => each['media'].width)).toEqual([1, 3, 3])
    expect(messages[2]?.['media'].file_id).toBe(messages[1]?.['media'].file_id)
  })

  test('what was sent in part is cancelled, and taken back', async () => {
    const id = await post({ text: 'word '.repeat(2_500) })
    await eventually(shown, (messages) => messages.length === 1)
    await world.call('POST', `/v1/notifications/${id}/cancel`)
    const notification = await world.settled(id)
    const deleted = await world.call('DELETE', `/v1/notifications/${id}/message`)
    await edited(id)

    expect(notification['deliveries'][0].status).toBe('cancelled')
    expect(deleted.body).toMatchObject({ deleting: 1, too_old: 0 })
    expect(await shown()).toEqual([])
  })

  test('an edit that can never be made fails, and holds up nothing', async () => {
    const made = await world.call('POST', '/v1/templates', {
      name: `broken${count}`,
      format: 'telegram_html',
      texts: { en: 'Hi {{{name}}}' },
      publish: true,
    })
    const { id } = await send({ text: 'first' })
    await world.call('PATCH', `/v1/notifications/${id}`, {
      template: { id: made.body['id'], variables: { name: '<name>' } },
    })
    const failed = await edited(id, { status: 'failed' })
    await send({ text: 'second' })

    expect(failed['deliveries'][0].edit.failure).toMatchObject({ code: 'formatting_refused' })
    expect((await shown()).map((each) => each['text'])).toEqual(['first', 'second'])
  })

  test('an edit that waits when the person blocks the bot fails, and the delivery stays sent', async () => {
    const { id } = await send({ text: 'first' })
    await world.control('POST', '/faults', { method: 'editMessageText', kind: 'status', status: 429, retry_after: 3 })
    await world.call('PATCH', `/v1/notifications/${id}`, { text: 'second' })
    await world.control('POST', `/people/${person.id}/block`, { bot: world.bot.username })
    const failed = await edited(id, { status: 'failed' })
    const { body: takingBack } = await world.call('DELETE', `/v1/notifications/${id}/message`)
    const failedAtOnce = await edited(id, { type: 'delete' })

    expect(failed['deliveries'][0]).toMatchObject({
      status: 'sent',
      edit: { type: 'edit', failure: { code: 'recipient_blocked' } },
    })
    expect(takingBack).toMatchObject({ deleting: 0, too_old: 0 })
    expect(
      (await world.events('notification.edit_failed')).filter(
        ({ notification_id: told }) => told === parseId('ntf', id),
      ),
    ).toHaveLength(2)
    expect(failedAtOnce['deliveries'][0].edit).toMatchObject({
      status: 'failed',
      failure: { code: 'recipient_blocked', class: 'recipient' },
    })
  })

  test('a keyboard in a thread is a new message', async () => {
    await send({ text: 'one', thread_key: 'k' })
    await send({ text: 'two', thread_key: 'k', keyboard: { buttons: [['Yes']] } })

    expect((await shown()).map((each) => [each['text'], each['keyboard']?.rows ?? null])).toEqual([
      ['one', null],
      ['two', [[{ text: 'Yes' }]]],
    ])
  })
})
