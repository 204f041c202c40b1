import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Json, type Stack, startStack } from './stack.js'

let stack: Stack
beforeAll(async () => {
  stack = await startStack({ env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
})
beforeEach(() => stack.control('DELETE', '/faults'))
afterAll(() => stack.stop())

async function send(userId: string, text: string): Promise<string> {
  const answer = await stack.call('POST', '/v1/notifications', { to: { user_id: userId }, text })
  expect(answer.status).toBe(202)
  return answer.body['id'] as string
}

async function settled(id: string): Promise<Json> {
  const { body } = await eventually(
    () => stack.call('GET', `/v1/notifications/${id}`),
    (answer) => answer.body['status'] === 'settled',
  )
  return body['deliveries'][0] as Json
}

async function textsOf(person: { messages(): Promise<Json[]> }): Promise<string[]> {
  return (await person.messages()).map((message) => message['text'] as string)
}

const fault = (chatId: number, body: object) =>
  stack.control('POST', '/faults', { method: 'sendMessage', chat_id: chatId, ...body })

test('a chat that blocked the bot ends its connection, and an unblock restores it', async () => {
  const person = await stack.connect('blocker')
  await stack.control('POST', `/people/${person.id}/block`, { bot: stack.bot.username })
  const statusOf = async () => (await stack.call('GET', '/v1/users/blocker')).body['connections'][0].status as string
  await eventually(statusOf, (status) => status === 'blocked')

  const refused = await stack.call('POST', '/v1/notifications', { to: { user_id: 'blocker' }, text: 'hi' })
  expect(refused.body).toMatchObject({ status: 422, code: 'user_not_connected' })

  await stack.control('POST', `/people/${person.id}/unblock`, { bot: stack.bot.username })
  await eventually(statusOf, (status) => status === 'active')
  expect(await settled(await send('blocker', 'back again'))).toMatchObject({ status: 'sent' })
})

test('a 403 marks the connection and fails the delivery in words', async () => {
  const person = await stack.connect('gone')
  await fault(person.id, { kind: 'status', status: 403 })

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
    async () => (await stack.call('GET', '/v1/users/gone')).body['connections'][0].status,
    (status) => status === 'blocked',
  )
})

test("a 400 fails the delivery with Telegram's words and leaves the connection alone", async () => {
  const person = await stack.connect('refused')
  await fault(person.id, { kind: 'status', status: 400, description: 'Bad Request: MESSAGE_STRANGE' })

  const delivery = await settled(await send('refused', 'hi'))

  expect(delivery).toMatchObject({
    status: 'failed',
    attempts: 1,
    failure: { class: 'message', telegram_description: 'Bad Request: MESSAGE_STRANGE' },
  })
  expect((await stack.call('GET', '/v1/users/refused')).body['connections'][0]).toMatchObject({ status: 'active' })
})

test('5xx, a reset and a lost request are tried again, in order', async () => {
  const person = await stack.connect('flaky')
  await fault(person.id, { kind: 'status', status: 500 })
  await fault(person.id, { kind: 'status', status: 502 })
  await fault(person.id, { kind: 'reset' })
  await fault(person.id, { kind: 'timeout_before' })

  const first = await send('flaky', 'first')
  const second = await send('flaky', 'second')

  expect(await settled(first)).toMatchObject({ status: 'sent', attempts: 5 })
  expect(await settled(second)).toMatchObject({ status: 'sent', attempts: 1 })
  expect((await textsOf(person)).slice(-2)).toEqual(['first', 'second'])
})

test('an answer that is lost leads to one repeat', async () => {
  const person = await stack.connect('lost_answer')
  await fault(person.id, { kind: 'timeout_after' })

  const delivery = await settled(await send('lost_answer', 'maybe twice'))

  expect(delivery).toMatchObject({ status: 'sent', attempts: 2 })
  expect((await textsOf(person)).filter((text) => text === 'maybe twice')).toHaveLength(2)
})

test('a 429 is obeyed, holds back its chat only, and is no failed attempt', async () => {
  const [slow, quick] = [await stack.connect('slow'), await stack.connect('quick')]
  await fault(slow.id, { kind: 'status', status: 429, retry_after: 3 })

  const startedAtMs = Date.now()
  const [first, other] = [await send('slow', 'after the wait'), await send('quick', 'at once')]

  expect(await settled(other)).toMatchObject({ status: 'sent' })
  const quickMs = Date.now() - startedAtMs
  expect(await settled(first)).toMatchObject({ status: 'sent', attempts: 1 })
  expect(Date.now() - startedAtMs).toBeGreaterThan(3_000)
  expect(quickMs).toBeLessThan(Date.now() - startedAtMs)
  expect((await textsOf(quick)).at(-1)).toBe('at once')
})

test('a group gets no more than twenty messages in a minute', async () => {
  const person = await stack.newPerson('Grouper')
  const group = await stack.control('POST', '/groups', { title: 'Family', members: [person.id] })
  const link = await stack.call('POST', '/v1/connect-links', { user_id: 'family', chat: 'group' })
  await stack.control('POST', `/people/${person.id}/open`, { link: link.body['url'], chat_id: group.body['id'] })
  await eventually(
    async () => (await stack.call('GET', `/v1/connect-links/${link.body['id']}`)).body['status'],
    (status) => status === 'used',
  )
  expect((await stack.call('GET', '/v1/users/family')).body['connections'][0].chat).toMatchObject({
    type: 'group',
    title: 'Family',
  })

  for (let index = 0; index < 22; index++) await send('family', `to the group ${index}`)
  const accepted = async () => {
    const { body } = await stack.control('GET', `/requests?bot=${stack.bot.username}`)
    return (body['data'] as Json[]).filter((request) => request['chat_id'] === group.body['id'])
  }
  const first = await eventually(accepted, (requests) => requests.length >= 20)
  const atLimit = await eventually(accepted, () => Date.now() - first[19]?.['at_ms'] > 3_000)

  expect(atLimit).toHaveLength(20)
  expect(atLimit.every((request) => request['accepted'])).toBe(true)
})
