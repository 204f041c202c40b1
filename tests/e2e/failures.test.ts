import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Json, type World, createWorld } from './world.js'

let world: World
beforeAll(async () => {
  world = await createWorld({ env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
})
beforeEach(() => world.control('DELETE', '/faults'))
afterAll(() => world.stop())

const send = (userId: string, text: string): Promise<string> => world.tell(userId, text)
const settled = async (id: string): Promise<Json> => (await world.settled(id))['deliveries'][0]

test('a chat that blocked the bot ends its connection, and an unblock restores it', async () => {
  const person = await world.connect('blocker')
  await world.control('POST', `/people/${person.id}/block`, { bot: world.bot.username })
  const statusOf = async () => (await world.call('GET', '/v1/users/blocker')).body['connections'][0].status as string
  await eventually(statusOf, (status) => status === 'blocked')

  const refused = await world.call('POST', '/v1/notifications', { to: { user_id: 'blocker' }, text: 'hi' })
  expect(refused.body).toMatchObject({ status: 422, code: 'user_not_connected' })

  await world.control('POST', `/people/${person.id}/unblock`, { bot: world.bot.username })
  await eventually(statusOf, (status) => status === 'active')
  expect(await settled(await send('blocker', 'back again'))).toMatchObject({ status: 'sent' })
})

test('a 403 marks the connection and fails the delivery in words', async () => {
  const person = await world.connect('gone')
  await world.fault(person.id, { kind: 'status', status: 403 })

  const delivery = await settled(await send('gone', 'hi'))

  expect(delivery).toMatchObject({
    status: 'failed',
    failure: {
      code: 'recipient_blocked',
      class: 'recipient',
      telegram_code: 403,
      telegram_description: 'Forbidden: bot was blocked by the user',
    },
  })
  await eventually(
    async () => (await world.call('GET', '/v1/users/gone')).body['connections'][0].status,
    (status) => status === 'blocked',
  )
})

test("a 400 fails the delivery with Telegram's words and leaves the connection alone", async () => {
  const person = await world.connect('refused')
  await world.fault(person.id, { kind: 'status', status: 400, description: 'Bad Request: MESSAGE_STRANGE' })

  const delivery = await settled(await send('refused', 'hi'))

  expect(delivery).toMatchObject({
    status: 'failed',
    attempts: 1,
    failure: { class: 'message', telegram_description: 'Bad Request: MESSAGE_STRANGE' },
  })
  expect((await world.call('GET', '/v1/users/refused')).body['connections'][0]).toMatchObject({ status: 'active' })
})

test('5xx, a reset and a lost request are tried again, in order', async () => {
  const person = await world.connect('flaky')
  await world.fault(person.id, { kind: 'status', status: 500 })
  await world.fault(person.id, { kind: 'status', status: 502 })
  await world.fault(person.id, { kind: 'reset' })
  await world.fault(person.id, { kind: 'timeout_before' })

  const first = await send('flaky', 'first')
  const second = await send('flaky', 'second')

  expect(await settled(first)).toMatchObject({ status: 'sent', attempts: 5 })
  expect(await settled(second)).toMatchObject({ status: 'sent', attempts: 1 })
  expect((await person.messages()).map((message) => message['text']).slice(-2)).toEqual(['first', 'second'])
})

test('an answer that is lost leads to one repeat', async () => {
  const person = await world.connect('lost_answer')
  await world.fault(person.id, { kind: 'timeout_after' })

  const delivery = await settled(await send('lost_answer', 'maybe twice'))

  expect(delivery).toMatchObject({ status: 'sent', attempts: 2 })
  expect(
    (await person.messages()).map((message) => message['text']).filter((text) => text === 'maybe twice'),
  ).toHaveLength(2)
})

test('a 429 is obeyed, holds back its chat only, and is no failed attempt', async () => {
  const [slow, quick] = [await world.connect('slow'), await world.connect('quick')]
  await world.fault(slow.id, { kind: 'status', status: 429, retry_after: 3 })

  const startedAtMs = Date.now()
  const [first, other] = [await send('slow', 'after the wait'), await send('quick', 'at once')]

  expect(await settled(other)).toMatchObject({ status: 'sent' })
  const quickMs = Date.now() - startedAtMs
  expect(await settled(first)).toMatchObject({ status: 'sent', attempts: 1 })
  expect(Date.now() - startedAtMs).toBeGreaterThan(3_000)
  expect(quickMs).toBeLessThan(Date.now() - startedAtMs)
  expect((await quick.messages()).map((message) => message['text']).at(-1)).toBe('at once')
})

test('what waits for long comes when its time has come, in its order', async () => {
  const patient = await world.connect('patient')
  await world.fault(patient.id, { kind: 'status', status: 429, retry_after: 8 })

  const startedAtMs = Date.now()
  const ids = [await send('patient', 'one'), await send('patient', 'two'), await send('patient', 'three')]
  for (const id of ids) expect(await settled(id)).toMatchObject({ status: 'sent' })

  expect(Date.now() - startedAtMs).toBeGreaterThan(8_000)
  expect((await patient.messages()).map((message) => message['text']).slice(-3)).toEqual(['one', 'two', 'three'])
})

test('a group gets no more than twenty messages in a minute', async () => {
  const person = await world.newPerson('Grouper')
  const groupId = await world.connectGroup('family', person, { title: 'Family' })
  expect((await world.call('GET', '/v1/users/family')).body['connections'][0].chat).toMatchObject({
    type: 'group',
    title: 'Family',
  })

  for (let index = 0; index < 22; index++) await send('family', `to the group ${index}`)
  const accepted = async () => (await world.requests()).filter((request) => request['chat_id'] === groupId)
  const first = await eventually(accepted, (requests) => requests.length >= 20)
  const atLimit = await eventually(accepted, () => Date.now() - first[19]?.['at_ms'] > 3_000)

  expect(atLimit).toHaveLength(20)
  expect(atLimit.every((request) => request['accepted'])).toBe(true)
})
