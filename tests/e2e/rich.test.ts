import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type Json, type Person, type World } from './world.js'

let world: World
let person: Person
let count = 0
let userId: string
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

/** A person of whom nothing was said yet. */
const meet = async (): Promise<void> => {
  userId = `reader ${++count}`
  person = await world.connect(userId)
}
const release = '# Release 3.2\n\n| what | how long |\n|---|--:|\n| build | 3 min |\n\n- [x] tested\n- [ ] told'
const send = async (message: object): Promise<Json> => world.settled(await world.tell(userId, message))
const newest = async (): Promise<Json> => (await person.messages()).at(-1) ?? {}
const deliveryOf = async ({ id }: Json): Promise<Json> =>
  (await world.call('GET', `/v1/notifications/${id}/deliveries`)).body['data'][0] as Json
const refuse = (description: string, status = 400) =>
  world.fault(person.id, { method: 'sendRichMessage', kind: 'status', status, description })

test('where it shows more, a text goes as headings, tables and lists', async () => {
  await meet()
  const sent = await send({ text: release, rich: 'auto', buttons: [[{ text: 'Open', url: 'https://a.example/' }]] })

  expect(sent['deliveries']).toMatchObject([{ status: 'sent', dropped: [] }])
  const message = await newest()
  expect((message['blocks'] as Json[]).map(({ type }) => type as string)).toEqual(['heading', 'table', 'list'])
  expect(message['buttons']).toMatchObject([[{ text: 'Open' }]])
  expect(message['text']).toContain('build │ 3 min')

  await send({ text: 'Only **words**.', rich: 'auto' })
  expect(await newest()).toMatchObject({ blocks: null, text: 'Only words.' })
  await send({ text: 'Only **words**.', rich: true })
  expect((await newest())['blocks']).toMatchObject([{ type: 'paragraph' }])
  await send({ text: release })
  expect((await newest())['blocks']).toBeNull()
})

test('a tenant says once how its messages go, and a message says otherwise', async () => {
  await meet()
  expect((await world.call('GET', '/v1/message-settings')).body).toEqual({ rich: false })
  expect((await world.call('PATCH', '/v1/message-settings', { rich: 'auto' })).body).toEqual({ rich: 'auto' })
  await eventually(async () => {
    await send({ text: release })
    return (await newest())['blocks'] !== null
  })
  await send({ text: release, rich: false })
  expect((await newest())['blocks']).toBeNull()
  await send({ text: '# plain', format: 'plain' })
  expect(await newest()).toMatchObject({ blocks: null, text: '# plain' })
  await world.call('PATCH', '/v1/message-settings', { rich: false })
})

test('maps go as maps, and names of emoji as emoji where a message asks for it', async () => {
  await meet()
  const text = ':tada: We have moved\n\n![Our shop](geo:52.52,13.405?z=17)'
  const sent = await send({ text, rich: 'auto', shortcodes: true })

  expect(await newest()).toMatchObject({
    blocks: [
      { type: 'paragraph', text: '🎉 We have moved' },
      { type: 'map', zoom: 17 },
    ],
  })
  expect(sent).toMatchObject({ shortcodes: true })
  await world.call('PATCH', `/v1/notifications/${sent['id']}`, { text: ':bug: Not yet', shortcodes: false })
  await eventually(async () => ((await newest())['text'] as string).includes(':bug: Not yet'))
  await refuse('Bad Request: invalid location specified')
  await send({ text, rich: true })
  expect(await newest()).toMatchObject({
    blocks: null,
    text: ':tada: We have moved\n\nOur shop (geo:52.52,13.405?z=17)',
  })
})

test.each([
  'Bad Request: RICH_MESSAGE_TOO_LARGE',
  'Bad Request: invalid section heading size specified',
  'Bad Request: can\'t parse InputRichBlock: type "table" is unsupported',
  'Bad Request: something that nobody knows',
])('where Telegram refuses it with "%s", the text goes as without it, and that is told', async (description) => {
  await meet()
  await refuse(description)
  const sent = await send({ text: release, rich: true })

  const { dropped } = await deliveryOf(sent)
  expect(dropped).toEqual(['rich'])
  expect(await newest()).toMatchObject({ blocks: null, text: expect.stringContaining('Release 3.2') })
})

test('an answer that was lost is no refusal: it goes as a rich message again', async () => {
  await meet()
  await world.fault(person.id, { method: 'sendRichMessage', kind: 'reset' })
  const { dropped } = await deliveryOf(await send({ text: release, rich: true }))

  expect(dropped).toEqual([])
  expect((await newest())['blocks']).not.toBeNull()
})

test('edits lead from text to blocks and back, in the same message', async () => {
  await meet()
  const { id } = await send({ text: release, rich: true })
  const edit = async (change: object, isDone: (message: Json) => boolean): Promise<void> => {
    const { status } = await world.call('PATCH', `/v1/notifications/${id}`, change)
    expect(status).toBe(202)
    await eventually(newest, isDone)
  }
  const [before] = [await newest()]

  await edit({ text: '# Release 3.3' }, ({ text }) => text === 'Release 3.3')
  expect((await newest())['blocks']).toMatchObject([{ type: 'heading', text: 'Release 3.3' }])
  await edit({ rich: false }, ({ blocks }) => blocks === null)
  expect(await newest()).toMatchObject({ text: 'Release 3.3', message_id: before?.['message_id'] })
  await edit({ text: '# Release 3.4', rich: true }, ({ text }) => text === 'Release 3.4')
  expect(await newest()).toMatchObject({ blocks: [{ type: 'heading' }], message_id: before?.['message_id'] })
})

test('the message of a thread becomes a rich one', async () => {
  await meet()
  await send({ text: 'Building …', thread_key: 'build' })
  const before = await newest()
  await send({ text: release, rich: true, thread_key: 'build' })

  expect(await newest()).toMatchObject({ message_id: before['message_id'], blocks: [{ type: 'heading' }, {}, {}] })
})

test('what is too large for one goes on in the next', async () => {
  await meet()
  const text = Array.from({ length: 700 }, (_, index) => `- item ${index}`).join('\n')
  await send({ text: `# Many\n\n${text}`, rich: true })

  const said = (await person.answers()).filter(({ blocks }) => blocks !== null)
  expect(said).toHaveLength(3)
  expect(said.map((message) => message['text'] as string).join('\n')).toMatch(/item 0\n[^]*item 699/)
})

test('a picture goes first, and the blocks below it', async () => {
  await meet()
  await send({ text: release, rich: true, attachments: [{ type: 'photo', url: 'https://a.example/cat.jpg' }] })

  const [photo, words] = (await person.answers()).slice(-2)
  expect(photo).toMatchObject({ text: '', media: { type: 'photo' } })
  expect(words).toMatchObject({ blocks: [{ type: 'heading' }, {}, {}] })
})

test('where the picture is in the chat already and the blocks are refused, the text follows it whole', async () => {
  await meet()
  await refuse('Bad Request: RICH_MESSAGE_TOO_LARGE')
  const attachments = [{ type: 'photo', url: 'https://a.example/cat.jpg' }]
  const { dropped } = await deliveryOf(await send({ text: release, rich: true, attachments }))

  expect(dropped).toEqual(['rich'])
  const [photo, words] = (await person.answers()).slice(-2)
  expect(photo).toMatchObject({ text: '', media: { type: 'photo' } })
  expect(words).toMatchObject({ blocks: null, text: expect.stringMatching(/^Release 3\.2[^]*told$/) })
})

test('a caption stays one, whatever it is edited to', async () => {
  await meet()
  const attachments = [{ type: 'photo', url: 'https://a.example/cat.jpg' }]
  const { id } = await send({ text: 'a **caption**', rich: 'auto', attachments })
  const { status } = await world.call('PATCH', `/v1/notifications/${id}`, { text: '# Another' })

  expect(status).toBe(202)
  await eventually(newest, ({ text }) => text === 'Another')
  expect(await newest()).toMatchObject({ media: { type: 'photo' } })
})

test('a preview shows the blocks, and what they look like', async () => {
  const { body } = await world.call('POST', '/v1/render', { text: release, rich: 'auto' })

  expect(body['parts']).toMatchObject([
    {
      method: 'sendRichMessage',
      length_max: 32_768,
      blocks: [{ type: 'heading', size: 1, text: 'Release 3.2' }, { type: 'table' }, { type: 'list' }],
      html: expect.stringMatching(/^<h1>Release 3\.2<\/h1><table><tr><th>what<\/th>/),
    },
  ])
})

test('a server that does not know rich messages is asked once', async () => {
  await meet()
  await refuse('Bad Request: rich message must be non-empty')
  const asked = async () => (await world.control('GET', `/requests?bot=${world.bot.username}`)).body['data'] as Json[]
  const richCalls = async () => (await asked()).filter(({ method }) => method === 'sendRichMessage').length
  const before = await richCalls()
  const first = await send({ text: release, rich: true })
  const second = await send({ text: release, rich: true })

  expect([(await deliveryOf(first))['dropped'], (await deliveryOf(second))['dropped']]).toEqual([['rich'], ['rich']])
  expect((await richCalls()) - before).toBe(1)
})
