import { eventually, findRedisServer } from '@tellwire/testing'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Backend, connectMany, type Json, type Person, type Stack, startStack } from './stack.js'

const backends: Backend[] = findRedisServer() ? ['postgres', 'redis'] : ['postgres']

describe.each(backends)('with the queue on %s', (backend) => {
  let stack: Stack
  let userIds: string[]
  beforeAll(async () => {
    stack = await startStack({ backend, env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
    userIds = await connectMany(stack, 60)
  })
  beforeEach(() => stack.control('DELETE', '/faults'))
  afterAll(() => stack.stop())

  const arrivalsOf = async (text: string): Promise<Json[]> => {
    const { body } = await stack.control('GET', `/requests?bot=${stack.bot.username}`)
    return (body['data'] as Json[]).filter((request) => request['accepted'] && request['text'] === text)
  }
  const post = async (body: object): Promise<Json> => {
    const answer = await stack.call('POST', '/v1/notifications', body)
    expect(answer.status).toBe(202)
    return answer.body
  }
  const get = async (id: string): Promise<Json> => (await stack.call('GET', `/v1/notifications/${id}`)).body
  const settled = (id: string): Promise<Json> =>
    eventually(
      () => get(id),
      (notification) => notification['status'] === 'settled',
    )
  const countEvents = async (type: string): Promise<number> => {
    const client = new pg.Client({ connectionString: stack.database.ownerUrl })
    await client.connect()
    const { rows } = await client.query<{ count: number }>('SELECT count(*)::int FROM events WHERE type = $1', [type])
    await client.end()
    return rows[0]?.count ?? 0
  }
  const fault = (chatId: number, body: object) =>
    stack.control('POST', '/faults', { method: 'sendMessage', chat_id: chatId, ...body })
  const textsOf = async (person: Person): Promise<string[]> =>
    (await person.messages()).map((message) => message['text'] as string)

  test('a broadcast that is paused, resumed and interrupted reaches everyone once', async () => {
    const { id } = await post({ to: { everyone: true }, text: 'to everyone', priority: 'bulk' })
    await eventually(
      () => arrivalsOf('to everyone'),
      (arrivals) => arrivals.length >= 10,
    )
    const paused = await stack.call('POST', `/v1/notifications/${id}/pause`)
    await eventually(
      () => get(id),
      (notification) => (notification['counts']['sending'] ?? 0) === 0,
    )
    const atRest = await eventually(
      async () => [
        (await arrivalsOf('to everyone')).length,
        await later(600, async () => (await arrivalsOf('to everyone')).length),
      ],
      ([before, after]) => before === after,
    )
    const [worker] = stack.workers.slice(-1)
    await worker?.stop('SIGKILL')
    await stack.startWorker()
    await stack.call('POST', `/v1/notifications/${id}/resume`)

    const done = await settled(id)

    expect(paused.body).toMatchObject({ paused: true, status: 'in_progress' })
    expect(atRest[0]).toBeLessThan(60)
    expect(done).toMatchObject({
      paused: false,
      progress: { expected: 60, sent: 60, failed: {}, expired: 0, cancelled: 0, remaining: 0 },
    })
    expect((await arrivalsOf('to everyone')).length).toBe(60)
  })

  test('a broadcast to a topic is cancelled, and tells what had gone', async () => {
    await stack.call('POST', '/v1/topics/news/subscribers', { user_ids: userIds.slice(0, 50) })
    const { id } = await post({ to: { topic: 'news' }, text: 'to the topic', priority: 'bulk' })
    await eventually(
      () => arrivalsOf('to the topic'),
      (arrivals) => arrivals.length >= 5,
    )

    const { body } = await stack.call('POST', `/v1/notifications/${id}/cancel`)
    const done = await settled(id)

    const { sent, cancelled } = done['progress'] as { sent: number; cancelled: number }
    expect(body).toMatchObject({ id })
    expect(cancelled).toBeGreaterThan(0)
    expect(sent + cancelled).toBe(50)
    expect((await arrivalsOf('to the topic')).length).toBe(sent)
  })

  test('a code is not delayed by a broadcast, and a broadcast is not starved by what is normal', async () => {
    const { id } = await post({ to: { user_ids: userIds.slice(0, 50) }, text: 'bulk', priority: 'bulk' })
    await post({ to: { user_ids: userIds.slice(0, 50) }, text: 'normal', priority: 'normal' })
    await eventually(
      () => arrivalsOf('normal'),
      (arrivals) => arrivals.length >= 10,
    )
    const code = await post({ to: { user_id: userIds[59] ?? '' }, text: 'code', priority: 'high' })
    const codeArrived = await eventually(
      () => arrivalsOf('code'),
      (arrivals) => arrivals.length === 1,
    )
    const normalLeft = 50 - (await arrivalsOf('normal')).length
    const bulkSoFar = (await arrivalsOf('bulk')).length
    await settled(id)

    expect(codeArrived).toHaveLength(1)
    expect(code['estimated_send_at']).toEqual(expect.any(String))
    expect(normalLeft).toBeGreaterThan(0)
    expect(bulkSoFar).toBeGreaterThan(0)
  })

  test('a scheduled one waits for its time, can be moved, and what expires is not sent', async () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
    const [first = '', second = '', third = ''] = userIds
    const moved = await post({ to: { user_id: first }, text: 'moved', send_at: at(3_600) })
    const cancelled = await post({ to: { user_id: second }, text: 'never', send_at: at(3_600) })
    const expiring = await post({ to: { user_id: third }, text: 'too late', send_at: at(3_600), ttl: 1 })
    expect((await get(moved['id']))['status']).toBe('scheduled')

    await stack.call('POST', `/v1/notifications/${moved['id']}/reschedule`, { send_at: at(1) })
    const cancellation = await stack.call('POST', `/v1/notifications/${cancelled['id']}/cancel`)
    const late = await stack.call('POST', `/v1/notifications/${expiring['id']}/reschedule`, { send_at: at(7_200) })

    expect(await settled(moved['id'])).toMatchObject({ counts: { sent: 1 } })
    expect(cancellation.body).toMatchObject({ cancelled: 1, sent: 0, in_flight: 0, status: 'settled' })
    expect(late.body).toMatchObject({ status: 422, code: 'time_out_of_range' })
    expect(await arrivalsOf('never')).toEqual([])
  })

  test('one that is held goes out when its user connects, or expires', async () => {
    const held = await post({ to: { user_id: 'later' }, text: 'welcome gift', if_not_connected: 'hold' })
    const brief = await post({ to: { user_id: 'never' }, text: 'gone by then', if_not_connected: 'hold', ttl: 1 })
    expect(held).toMatchObject({ status: 'held', deliveries: 1, estimated_send_at: null })

    const person = await stack.connect('later')

    expect(await settled(held['id'])).toMatchObject({ counts: { sent: 1 } })
    expect(await textsOf(person)).toContain('welcome gift')
    expect(await settled(brief['id'])).toMatchObject({ counts: { expired: 1 } })
  })

  test('a lost answer ends as unknown where the tenant would rather not repeat', async () => {
    const person = await stack.connect(`cautious_${backend}`)
    await fault(person.id, { kind: 'timeout_after' })

    const { id } = await post({ to: { user_id: `cautious_${backend}` }, text: 'once at most', on_unknown: 'hold' })

    expect(await settled(id)).toMatchObject({
      counts: { unknown: 1 },
      deliveries: [{ status: 'unknown', failure: { code: 'outcome_unknown', class: 'ambiguous' } }],
    })
    expect((await textsOf(person)).filter((text) => text === 'once at most')).toHaveLength(1)
    expect(await countEvents('notification.unknown')).toBe(1)
  })

  test('formatting that Telegram refuses falls back to plain text, once', async () => {
    const person = await stack.connect(`plain_${backend}`)
    await fault(person.id, { kind: 'status', status: 400, description: "Bad Request: can't parse entities: nonsense" })

    const { id } = await post({ to: { user_id: `plain_${backend}` }, text: '**bold** words' })

    expect(await settled(id)).toMatchObject({ deliveries: [{ status: 'sent', degraded: true, attempts: 2 }] })
    const sent = (await person.messages()).at(-1)
    expect(sent).toMatchObject({ text: 'bold words' })
    expect(sent?.['entities'] ?? []).toEqual([])
  })

  test('a group that became a supergroup is followed to its new id, for every connection', async () => {
    const person = await stack.newPerson('Mover')
    const [from, to] = [
      await stack.control('POST', '/groups', { title: 'Old', members: [person.id] }),
      await stack.control('POST', '/groups', { title: 'New', members: [person.id] }),
    ]
    for (const [userId, group] of [
      ['New', to],
      ['Old', from],
    ] as const) {
      const link = await stack.call('POST', '/v1/connect-links', { user_id: userId, chat: 'group' })
      await stack.control('POST', `/people/${person.id}/open`, { link: link.body['url'], chat_id: group.body['id'] })
      await eventually(
        async () => (await stack.call('GET', `/v1/connect-links/${link.body['id']}`)).body['status'],
        (status) => status === 'used',
      )
    }
    await fault(from.body['id'], {
      kind: 'status',
      status: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      migrate_to_chat_id: to.body['id'],
    })

    const { id } = await post({ to: { user_id: 'Old' }, text: 'follow me' })

    expect(await settled(id)).toMatchObject({ counts: { sent: 1 } })
    expect((await arrivalsOf('follow me')).map((request) => request['chat_id'])).toEqual([to.body['id']])
    expect((await stack.call('GET', '/v1/users/Old')).body['connections'][0].chat.id).toBe(to.body['id'])
  })

  test('failed ones are listed by reason and replayed', async () => {
    const person = await stack.connect(`replayed_${backend}`)
    await fault(person.id, { kind: 'status', status: 400, description: 'Bad Request: MESSAGE_STRANGE' })
    const { id } = await post({ to: { user_id: `replayed_${backend}` }, text: 'second chance' })
    await settled(id)
    const filter = { user_id: `replayed_${backend}`, reason: 'message_refused' }

    const listed = await stack.call('GET', '/v1/notifications?status=failed&reason=message_refused')
    const dryRun = await stack.call('POST', '/v1/notifications/replay', { filter, dry_run: true })
    const replayed = await stack.call('POST', '/v1/notifications/replay', { filter })

    expect((listed.body['data'] as Json[]).map((notification) => notification['id'])).toContain(id)
    expect(dryRun.body).toEqual({ matched: 1, replayable: 1, replayed: 0, has_more: false })
    expect(replayed.body).toEqual({ matched: 1, replayable: 1, replayed: 1, has_more: false })
    expect(await settled(id)).toMatchObject({ deliveries: [{ status: 'sent', attempts: 2, failure: null }] })
  })

  test('a worker that was stopped for longer than its lease starts no further call', async () => {
    const sleeper = stack.workers.at(-1)
    await post({ to: { user_ids: userIds.slice(0, 60) }, text: 'asleep' })
    await eventually(
      () => arrivalsOf('asleep'),
      (arrivals) => arrivals.length >= 5,
    )
    sleeper?.child.kill('SIGSTOP')
    const awake = await stack.startWorker()
    await eventually(
      () => arrivalsOf('asleep'),
      (arrivals) => new Set(arrivals.map((request) => request['chat_id'])).size === 60,
    )
    const before = (await arrivalsOf('asleep')).length
    sleeper?.child.kill('SIGCONT')
    await later(3_000, async () => undefined)

    expect(before - 60).toBeLessThanOrEqual(16)
    expect((await arrivalsOf('asleep')).length - before).toBeLessThanOrEqual(16)
    expect(await awake.stop('SIGTERM')).toBe(0)
  })

  test('a bot whose token is refused waits for a new one, and goes on', async () => {
    const [userId = ''] = userIds
    await stack.control('POST', '/faults', {
      bot: stack.bot.username,
      method: 'sendMessage',
      kind: 'status',
      status: 401,
    })
    const { id } = await post({ to: { user_id: userId }, text: 'after the new token' })
    const parked = await eventually(
      async () => (await stack.call('GET', `/v1/bots/${stack.bot.id}/capacity`)).body,
      (capacity) => capacity['parked_reason'] !== null,
    )
    const bot = await stack.call('GET', `/v1/bots/${stack.bot.id}`)

    const renewed = await stack.call('PUT', `/v1/bots/${stack.bot.id}/token`, { token: stack.bot.token })

    expect(parked).toMatchObject({ parked_reason: 'bot_unauthorized', backlog: { normal: 1 } })
    expect(bot.body['status']).toBe('unauthorized')
    expect(renewed.body).toMatchObject({ status: 'active' })
    expect(await settled(id)).toMatchObject({ counts: { sent: 1 } })
  })
})

async function later<T>(ms: number, read: () => Promise<T>): Promise<T> {
  await delay(ms)
  return read()
}
