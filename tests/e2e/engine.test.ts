import { eventually, findRedisServer, isLongRun } from '@tellwire/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Backend, connectMany, type Json, type Person, type World, createWorld } from './world.js'

/** Which queue carries a wake-up hardly matters to what is tried here: both are taken where a long run is asked for. */
const backends: Backend[] = findRedisServer() && isLongRun ? ['postgres', 'redis'] : ['postgres']

describe.each(backends)('with the queue on %s', (backend) => {
  let world: World
  let userIds: string[]
  beforeAll(async () => {
    world = await createWorld({ backend, env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
    userIds = await connectMany(world, 60)
  })
  beforeEach(() => world.control('DELETE', '/faults'))
  afterAll(() => world.stop())

  const textsOf = async (person: Person): Promise<string[]> =>
    (await person.messages()).map((message) => message['text'])

  test('a broadcast that is paused, resumed and interrupted reaches everyone once', async () => {
    const { id } = await world.post({ to: { everyone: true }, text: 'to everyone', priority: 'bulk' })
    await eventually(
      () => world.arrivalsOf('to everyone'),
      (arrivals) => arrivals.length >= 10,
    )
    const paused = await world.call('POST', `/v1/notifications/${id}/pause`)
    await eventually(
      () => world.notification(id),
      (notification) => notification['paused'] === true,
    )
    const atRest = await atRestSince(() => world.arrivalsOf('to everyone'), 600)
    const [worker] = world.workers.slice(-1)
    await worker?.stop('SIGKILL')
    await world.startWorker()
    await world.call('POST', `/v1/notifications/${id}/resume`)

    const done = await world.settled(id)

    expect(paused.body).toMatchObject({ paused: true, status: 'in_progress' })
    expect(atRest.length).toBeLessThan(60)
    expect(done).toMatchObject({
      paused: false,
      progress: { expected: 60, sent: 60, failed: {}, expired: 0, cancelled: 0, remaining: 0 },
    })
    expect((await world.arrivalsOf('to everyone')).length).toBe(60)
  })

  test('what a queue takes and nobody does is done by the worker that finds it', async () => {
    const resume = await world.pauseQueue('drain-lane')
    // A worker that has not drained the lane lately hears of it from the queue alone.
    await Promise.all(world.workers.splice(0).map((worker) => worker.stop()))
    await world.startWorker()

    const done = await world.settled(await world.tell(userIds[1] ?? '', 'in spite of the queue'))

    expect(done['deliveries']).toMatchObject([{ status: 'sent' }])
    await resume()
  })

  test('what a suspended tenant has accepted waits, and goes out once it may go on', async () => {
    const path = `/admin/v1/tenants/${world.tenantId}`
    const asAdmin = { authorization: `Bearer ${world.adminKey}` }
    const posted = await world.post({
      to: { user_id: userIds[0] },
      text: 'held by the admin',
      send_at: new Date(Date.now() + 3_000).toISOString(),
    })
    await world.call('POST', `${path}/suspend`, {}, asAdmin)
    await eventually(async () => (await world.call('GET', '/v1/me')).status === 403)
    // Nothing arriving cannot be waited for: this is twice the time after which the notification is due.
    await new Promise((resolve) => setTimeout(resolve, 6_000))
    expect(await world.arrivalsOf('held by the admin')).toEqual([])

    await world.call('POST', `${path}/resume`, {}, asAdmin)
    await eventually(async () => (await world.call('GET', '/v1/me')).status === 200)
    await world.settled(posted['id'] as string)
    expect(await world.arrivalsOf('held by the admin')).toHaveLength(1)
  })

  test('a broadcast to a topic is cancelled, and tells what had gone', async () => {
    await world.call('POST', '/v1/topics/news/subscribers', { user_ids: userIds.slice(0, 50) })
    const { id } = await world.post({ to: { topic: 'news' }, text: 'to the topic', priority: 'bulk' })
    await eventually(
      () => world.arrivalsOf('to the topic'),
      (arrivals) => arrivals.length >= 5,
    )

    const { body } = await world.call('POST', `/v1/notifications/${id}/cancel`)
    const done = await world.settled(id)

    const { sent, cancelled } = done['progress'] as { sent: number; cancelled: number }
    expect(body).toMatchObject({ id })
    expect(cancelled).toBeGreaterThan(0)
    expect(sent + cancelled).toBe(50)
    expect((await world.arrivalsOf('to the topic')).length).toBe(sent)
  })

  test('a code is not delayed by a broadcast, and a broadcast is not starved by what is normal', async () => {
    const { id } = await world.post({ to: { user_ids: userIds.slice(0, 50) }, text: 'bulk', priority: 'bulk' })
    await world.post({ to: { user_ids: userIds.slice(0, 50) }, text: 'normal', priority: 'normal' })
    await eventually(
      () => world.arrivalsOf('normal'),
      (arrivals) => arrivals.length >= 10,
    )
    const code = await world.post({ to: { user_id: userIds[59] ?? '' }, text: 'code', priority: 'high' })
    const codeArrived = await eventually(
      () => world.arrivalsOf('code'),
      (arrivals) => arrivals.length === 1,
    )
    const normalLeft = 50 - (await world.arrivalsOf('normal')).length
    const bulkSoFar = (await world.arrivalsOf('bulk')).length
    await world.settled(id)

    expect(codeArrived).toHaveLength(1)
    expect(code['estimated_send_at']).toEqual(expect.any(String))
    expect(normalLeft).toBeGreaterThan(0)
    expect(bulkSoFar).toBeGreaterThan(0)
  })

  test('a scheduled one waits for its time, can be moved, and what expires is not sent', async () => {
    const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString()
    const [first = '', second = '', third = ''] = userIds
    const moved = await world.post({ to: { user_id: first }, text: 'moved', send_at: at(3_600) })
    const cancelled = await world.post({ to: { user_id: second }, text: 'never', send_at: at(3_600) })
    const expiring = await world.post({ to: { user_id: third }, text: 'too late', send_at: at(3_600), ttl: 1 })
    expect((await world.notification(moved['id']))['status']).toBe('scheduled')

    await world.call('POST', `/v1/notifications/${moved['id']}/reschedule`, { send_at: at(1) })
    const cancellation = await world.call('POST', `/v1/notifications/${cancelled['id']}/cancel`)
    const late = await world.call('POST', `/v1/notifications/${expiring['id']}/reschedule`, { send_at: at(7_200) })

    expect(await world.settled(moved['id'])).toMatchObject({ counts: { sent: 1 } })
    expect(cancellation.body).toMatchObject({ cancelled: 1, sent: 0, in_flight: 0, status: 'settled' })
    expect(late.body).toMatchObject({ status: 422, code: 'time_out_of_range' })
    expect(await world.arrivalsOf('never')).toEqual([])
  })

  test('one that is held goes out when its user connects, or expires', async () => {
    const held = await world.post({ to: { user_id: 'later' }, text: 'welcome gift', if_not_connected: 'hold' })
    const brief = await world.post({ to: { user_id: 'never' }, text: 'gone by then', if_not_connected: 'hold', ttl: 1 })
    expect(held).toMatchObject({ status: 'held', deliveries: 1, estimated_send_at: null })

    const person = await world.connect('later')

    expect(await world.settled(held['id'])).toMatchObject({ counts: { sent: 1 } })
    expect(await textsOf(person)).toContain('welcome gift')
    expect(await world.settled(brief['id'])).toMatchObject({ counts: { expired: 1 } })
  })

  test('a lost answer ends as unknown where the tenant would rather not repeat', async () => {
    const person = await world.connect(`cautious_${backend}`)
    await world.fault(person.id, { kind: 'timeout_after' })

    const { id } = await world.post({
      to: { user_id: `cautious_${backend}` },
      text: 'once at most',
      on_unknown: 'hold',
    })

    expect(await world.settled(id)).toMatchObject({
      counts: { unknown: 1 },
      deliveries: [{ status: 'unknown', failure: { code: 'outcome_unknown', class: 'ambiguous' } }],
    })
    expect((await textsOf(person)).filter((text) => text === 'once at most')).toHaveLength(1)
    expect(await world.events('notification.unknown')).toHaveLength(1)
  })

  test('formatting that Telegram refuses falls back to plain text, once', async () => {
    const person = await world.connect(`plain_${backend}`)
    await world.fault(person.id, {
      kind: 'status',
      status: 400,
      description: "Bad Request: can't parse entities: nonsense",
    })

    const { id } = await world.post({ to: { user_id: `plain_${backend}` }, text: '**bold** words' })

    expect(await world.settled(id)).toMatchObject({
      deliveries: [{ status: 'sent', dropped: ['formatting'], attempts: 2 }],
    })
    const sent = (await person.messages()).at(-1)
    expect(sent).toMatchObject({ text: 'bold words' })
    expect(sent?.['entities'] ?? []).toEqual([])
  })

  test('a group that became a supergroup is followed to its new id, for every connection', async () => {
    const person = await world.newPerson('Mover')
    const to = await world.connectGroup('New', person)
    const from = await world.connectGroup('Old', person)
    await world.fault(from, {
      kind: 'status',
      status: 400,
      description: 'Bad Request: group chat was upgraded to a supergroup chat',
      migrate_to_chat_id: to,
    })

    const { id } = await world.post({ to: { user_id: 'Old' }, text: 'follow me' })

    expect(await world.settled(id)).toMatchObject({ counts: { sent: 1 } })
    expect((await world.arrivalsOf('follow me')).map((request) => request['chat_id'])).toEqual([to])
    expect((await world.call('GET', '/v1/users/Old')).body['connections'][0].chat.id).toBe(to)
  })

  test('failed ones are listed by reason and replayed', async () => {
    const person = await world.connect(`replayed_${backend}`)
    await world.fault(person.id, { kind: 'status', status: 400, description: 'Bad Request: MESSAGE_STRANGE' })
    const { id } = await world.post({ to: { user_id: `replayed_${backend}` }, text: 'second chance' })
    await world.settled(id)
    const filter = { user_id: `replayed_${backend}`, reason: 'message_refused' }

    const listed = await world.call('GET', '/v1/notifications?status=failed&reason=message_refused')
    const dryRun = await world.call('POST', '/v1/notifications/replay', { filter, dry_run: true })
    const replayed = await world.call('POST', '/v1/notifications/replay', { filter })

    expect((listed.body['data'] as Json[]).map((notification) => notification['id'])).toContain(id)
    expect(dryRun.body).toEqual({ matched: 1, replayable: 1, replayed: 0, has_more: false })
    expect(replayed.body).toEqual({ matched: 1, replayable: 1, replayed: 1, has_more: false })
    expect(await world.settled(id)).toMatchObject({ deliveries: [{ status: 'sent', attempts: 2, failure: null }] })
  })

  test('a worker that was stopped for longer than its lease starts no further call', async () => {
    const sleeper = world.workers.at(-1)
    await world.post({ to: { user_ids: userIds.slice(0, 60) }, text: 'asleep' })
    await eventually(
      () => world.arrivalsOf('asleep'),
      (arrivals) => arrivals.length >= 5,
    )
    sleeper?.child.kill('SIGSTOP')
    const awake = await world.startWorker()
    await eventually(
      () => world.arrivalsOf('asleep'),
      (arrivals) => new Set(arrivals.map((request) => request['chat_id'])).size === 60,
    )
    const before = (await world.arrivalsOf('asleep')).length
    sleeper?.child.kill('SIGCONT')
    const after = await atRestSince(() => world.arrivalsOf('asleep'), 3_000)

    expect(before - 60).toBeLessThanOrEqual(16)
    expect(after.length - before).toBeLessThanOrEqual(16)
    expect(await awake.stop('SIGTERM')).toBe(0)
  })

  test('a bot whose token is refused waits for a new one, and goes on', async () => {
    const [userId = ''] = userIds
    await world.control('POST', '/faults', {
      bot: world.bot.username,
      method: 'sendMessage',
      kind: 'status',
      status: 401,
    })
    const { id } = await world.post({ to: { user_id: userId }, text: 'after the new token' })
    const parked = await eventually(
      async () => (await world.call('GET', `/v1/bots/${world.bot.id}/capacity`)).body,
      (capacity) => capacity['parked_reason'] !== null,
    )
    const bot = await world.call('GET', `/v1/bots/${world.bot.id}`)

    const renewed = await world.call('PUT', `/v1/bots/${world.bot.id}/token`, { token: world.bot.token })

    expect(parked).toMatchObject({ parked_reason: 'bot_unauthorized', backlog: { normal: 1 } })
    expect(bot.body['status']).toBe('unauthorized')
    expect(renewed.body).toMatchObject({ status: 'active' })
    expect(await world.settled(id)).toMatchObject({ counts: { sent: 1 } })
  })
})

/** What is there once nothing more has come for so long. */
async function atRestSince(read: () => Promise<Json[]>, quietMs: number): Promise<Json[]> {
  let seen = { count: -1, sinceMs: performance.now() }
  return eventually(read, ({ length }) => {
    if (length !== seen.count) seen = { count: length, sinceMs: performance.now() }
    return performance.now() - seen.sinceMs >= quietMs
  })
}
