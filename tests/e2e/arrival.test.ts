import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Json, type Person, type World, createWorld } from './world.js'

// A text that was accepted arrives, once, whatever Telegram has against what came along with it.

let world: World
let person: Person
let count = 0

beforeAll(async () => {
  world = await createWorld({ env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
})
afterAll(() => world.stop())
// A chat for each test: a chat is written to once a second.
beforeEach(async () => {
  await world.control('DELETE', '/faults')
  person = await world.connect(`reader${++count}`)
})

const admin = () => ({ authorization: `Bearer ${world.adminKey}` })
const reader = () => ({ user_id: `reader${count}` })
const send = async (message: object): Promise<Json> =>
  world.settled((await world.post({ to: reader(), ...message }))['id'])
const deliveryOf = (notification: Json): Json => notification['deliveries'][0] as Json
/** What the bot wrote after the welcome. */
const shown = async (): Promise<Json[]> => (await person.answers()).slice(1)
const texts = async (): Promise<string[]> =>
  (await shown()).map(({ text, caption }) => (text ?? caption ?? '') as string)
const refuse = (method: string, description: string, times = 1) =>
  world.control('POST', '/faults', { method, chat_id: person.id, kind: 'status', status: 400, description, times })

test.for([
  [
    'a photo of a chat that takes none',
    'sendPhoto',
    'Bad Request: not enough rights to send photos to the chat',
    { attachments: [{ type: 'photo', url: 'https://example.com/a.png' }] },
    'attachments/0',
  ],
  [
    'buttons',
    'sendMessage',
    'Bad Request: BUTTON_URL_INVALID',
    { buttons: [[{ text: 'b', url: 'https://example.com' }]] },
    'buttons',
  ],
  [
    'a keyboard',
    'sendMessage',
    'Bad Request: phone number can be requested in private chats only',
    { keyboard: { buttons: [['b']] } },
    'keyboard',
  ],
  ['a preview', 'sendMessage', 'Bad Request: WEBPAGE_URL_INVALID', { link_preview: 'large' }, 'link_preview'],
  ['formatting', 'sendMessage', 'Bad Request: ENTITIES_TOO_LONG', {}, 'formatting'],
] as const)('goes without %s, and an event says why', async ([, method, description, options, dropped]) => {
  await refuse(method, description)

  const delivery = deliveryOf(await send({ text: '**It** is [here](https://example.com/1)', ...options }))

  expect(delivery).toMatchObject({ status: 'sent', dropped: [dropped] })
  expect((await texts())[0]).toMatch(/^It is here/)
  expect((await world.events('notification.degraded')).at(-1)).toMatchObject({
    dropped,
    description,
    reason: expect.stringMatching(/refused|forbidden/),
  })
})

test('of an album only what Telegram cannot take goes', async () => {
  const attachments = ['1', '2', '3'].map((name) => ({ type: 'photo', url: `https://example.com/${name}.png` }))
  await refuse('sendMediaGroup', 'Bad Request: failed to send message #2 with the error message "MEDIA_EMPTY"')

  const delivery = deliveryOf(await send({ text: 'Three', attachments }))

  expect(delivery).toMatchObject({ status: 'sent', dropped: ['attachments/1'] })
  expect(delivery['telegram_message_ids']).toHaveLength(2)
})

test('a spoiler that would not be one is not told', async () => {
  await refuse('sendMessage', "Bad Request: can't parse entities: odd")

  expect(deliveryOf(await send({ text: 'It was ||the butler||.' }))).toMatchObject({
    status: 'failed',
    failure: { code: 'spoiler_refused' },
  })
  expect(await shown()).toEqual([])
})

test('parts that were never tried are sent, and each part is told', async () => {
  await world.control('POST', '/faults', { method: 'sendMessage', chat_id: person.id, kind: 'timeout_after', times: 1 })

  const delivery = deliveryOf(await send({ format: 'plain', on_unknown: 'stop', text: 'alpha '.repeat(1_200) }))

  expect(delivery).toMatchObject({ status: 'unknown', parts: [{ status: 'unknown' }, { status: 'sent' }] })
  expect(await shown()).toHaveLength(2)
})

test('a dedupe key shields only what was delivered or still can be', async () => {
  const dedupe = { key: `pay ${count}`, window: 3_600 }
  await refuse('sendMessage', 'Bad Request: have no write access to the chat')
  const failed = await send({ text: 'pay', dedupe })
  const again = await send({ text: 'pay', dedupe })
  const third = await world.post({ to: reader(), text: 'pay', dedupe })

  expect([failed, again].map((each) => deliveryOf(each)['status'])).toEqual(['failed', 'sent'])
  expect(third).toMatchObject({ id: again['id'], deduplicated: true })
  expect(await texts()).toEqual(['pay'])
})

test('of a thread only the last state that waits is sent, and nothing that is added is lost', async () => {
  const ids: string[] = []
  for (let step = 1; step <= 8; step++) {
    ids.push((await world.post({ to: reader(), thread_key: 'run', text: `step ${step}` }))['id'])
  }
  const ends = await Promise.all(ids.map((id) => world.settled(id)))

  expect((await texts()).at(-1)).toBe('step 8')
  expect(await shown()).toHaveLength(1)
  expect(ends.map((each) => deliveryOf(each)['failure']?.code)).toContain('superseded')

  const buttons = [[{ text: 'Seen', action: 'ack' }]]
  await send({ thread_key: 'log', text: 'first', buttons })
  await send({ thread_key: 'log', mode: 'append', text: 'second' })
  const message = (await shown()).at(-1)
  expect(message?.['text']).toBe('first\n\nsecond')
  expect(JSON.stringify(message)).toContain('"Seen"')
})

test('an earlier state of a thread never takes the place of a later one', async () => {
  const thread = { thread_key: 'order' }
  await send({ ...thread, text: 'cooking' })
  await world.control('POST', '/faults', {
    method: 'editMessageText',
    kind: 'status',
    status: 429,
    retry_after: 3,
    times: 1,
  })
  const { id: held } = await world.post({ to: reader(), ...thread, text: 'on its way' })
  await eventually(
    () => world.call('POST', `/v1/notifications/${held}/pause`),
    ({ status }) => status === 200,
  )
  await send({ ...thread, text: 'delivered' })
  await world.call('POST', `/v1/notifications/${held}/resume`)

  expect(deliveryOf(await world.settled(held))).toMatchObject({ status: 'cancelled', failure: { code: 'superseded' } })
  expect(await texts()).toEqual(['delivered'])

  const soon = new Date(Date.now() + 3_000).toISOString()
  const { id: planned } = await world.post({ to: reader(), ...thread, text: 'how was it?', send_at: soon })
  await send({ ...thread, text: 'enjoy' })

  expect(deliveryOf(await world.settled(planned))).toMatchObject({ status: 'sent' })
  expect(await texts()).toEqual(['how was it?'])
})

test('a chat that several users share gets a notification once', async () => {
  await world.call('PATCH', `/admin/v1/tenants/${world.tenantId}`, { chat_sharing: 'share' }, admin())
  const { body: link } = await world.call('POST', '/v1/connect-links', { user_id: `twin${count}` })
  await person.open(link['url'])
  await eventually(
    async () => (await world.call('GET', `/v1/users/twin${count}`)).body['connections'] as Json[] | undefined,
    (connections) => connections?.length === 1,
  )
  await world.settled(
    (await world.post({ to: { user_ids: [`reader${count}`, `twin${count}`] }, text: 'to both' }))['id'],
  )
  await world.call('POST', `/v1/topics/t${count}/subscribers`, { user_ids: [`reader${count}`, `twin${count}`] })
  await world.settled((await world.post({ to: { topic: `t${count}` }, text: 'to the topic' }))['id'])

  expect((await texts()).filter((text) => text.startsWith('to '))).toEqual(['to both', 'to the topic'])
})
