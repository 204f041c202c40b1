import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type Json, type Person, type World } from './world.js'

let world: World
beforeAll(async () => {
  world = await joinWorld()
})
afterAll(() => world.stop())

const draftOf = async (person: Person): Promise<Json | null> =>
  (await world.control('GET', `/people/${person.id}/draft?bot=${world.bot.username}`)).body['draft'] as Json | null
const send = async (userId: string, message: object): Promise<Json> => world.settled(await world.tell(userId, message))

test('in a private chat drafts show how far something is, and leave only the end of it', async () => {
  const person = await world.connect('watcher')
  const before = (await person.messages()).length
  const shown: Json[] = []
  for (const step of ['**1** of 3', '**2** of 3', '# 3 of 3']) {
    const { deliveries } = await send('watcher', { text: step, thread_key: 'deploy', draft: true, rich: 'auto' })
    expect(deliveries).toMatchObject([{ status: 'sent', telegram_message_ids: [], dropped: [] }])
    shown.push((await draftOf(person)) ?? {})
  }

  expect(shown.map(({ text }) => text as string)).toEqual(['1 of 3', '2 of 3', '3 of 3'])
  expect(shown[0]).toMatchObject({ entities: [{ type: 'bold' }], blocks: null })
  expect(shown[2]).toMatchObject({ blocks: [{ type: 'heading' }] })
  expect(new Set(shown.map(({ id }) => id as number)).size).toBe(1)
  expect(await person.messages()).toHaveLength(before)

  await send('watcher', { text: 'Deployed.', thread_key: 'deploy' })
  expect(await draftOf(person)).toBeNull()
  expect((await person.messages()).slice(before).map(({ text }) => text as string)).toEqual(['Deployed.'])
})

test('in a group each state edits the message of the thread', async () => {
  const person = await world.newPerson('Member')
  const group = await world.connectGroup('team', person)
  const messages = async (): Promise<Json[]> =>
    (await world.control('GET', `/groups/${group}/messages`)).body['data'] as Json[]
  await eventually(messages, (all) => all.some((message) => message['from_bot']))
  const before = (await messages()).length
  for (const [text, draft] of [
    ['1 of 2', true],
    ['2 of 2', true],
    ['Deployed.', false],
  ] as const) {
    await send('team', { text, thread_key: 'deploy', draft })
  }

  expect(
    (await messages()).slice(before).map(({ text, edited }) => ({ text: text as string, edited: edited as boolean })),
  ).toEqual([{ text: 'Deployed.', edited: true }])
})

test('a draft takes the place of no message, and is none beside the message of its thread', async () => {
  const person = await world.connect('two runs')
  const first = await world.post({ to: { user_id: 'two runs' }, text: 'Run 1 has failed.', thread_key: 'run' })
  await world.post({ to: { user_id: 'two runs' }, text: 'Run 2: 1 of 2', thread_key: 'run', draft: true })

  expect((await world.settled(first['id'] as string))['deliveries']).toMatchObject([{ status: 'sent' }])
  await person.hears('Run 2: 1 of 2')
  expect(await draftOf(person)).toBeNull()
  const { body } = await world.call('PATCH', `/v1/notifications/${first['id']}`, { text: 'Run 1 has failed, and why.' })
  expect(body['code']).toBeUndefined()
})

test('where Telegram takes no draft, it is a message of the thread', async () => {
  const person = await world.connect('on an old server')
  await world.fault(person.id, {
    method: 'sendMessageDraft',
    kind: 'status',
    status: 404,
    description: 'Not Found: method not found',
  })
  const { deliveries } = await send('on an old server', { text: '1 of 2', thread_key: 'deploy', draft: true })

  expect(deliveries).toMatchObject([{ status: 'sent', dropped: ['draft'] }])
  expect((await person.messages()).at(-1)).toMatchObject({ text: '1 of 2' })
  await send('on an old server', { text: 'Deployed.', thread_key: 'deploy' })
  expect((await person.messages()).at(-1)).toMatchObject({ text: 'Deployed.', edited: true })
})

test.each([
  ['/draft', { draft: true }],
  ['/mode', { draft: true, thread_key: 'k', mode: 'append' }],
  ['/buttons', { draft: true, thread_key: 'k', buttons: [[{ text: 'b', action: 'a' }]] }],
  ['/attachments', { draft: true, thread_key: 'k', attachments: [{ type: 'photo', url: 'https://a.example/x.jpg' }] }],
])('a draft that cannot be one is refused at %s', async (pointer, message) => {
  const { status, body } = await world.call('POST', '/v1/notifications', {
    to: { user_id: 'u' },
    text: 'x',
    ...message,
  })

  expect({ status, code: body['code'], pointer: body['errors']?.[0]?.pointer }).toEqual({
    status: 422,
    code: 'impossible_combination',
    pointer,
  })
})
