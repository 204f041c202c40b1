import { eventually } from '@tellwire/testing'
import { findRedisServer } from '@tellwire/testing/redis-server'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectMany, createWorld, type Json, type World, joinWorld } from './world.js'

let world: World
let userIds: string[]
beforeAll(async () => {
  world = await joinWorld()
  userIds = await connectMany(world, 20)
})
beforeEach(() => world.control('DELETE', '/faults'))
afterAll(() => world.stop())

const setRate = (rate: number) => world.call('PATCH', `/v1/bots/${world.bot.id}`, { rate })

/** How many have arrived once that does not change for so long. */
async function arrivedInTheEnd(text: string, quietMs: number): Promise<number> {
  let seen = { count: -1, sinceMs: performance.now() }
  const arrivals = await eventually(
    () => world.arrivalsOf(text),
    ({ length }) => {
      if (length !== seen.count) seen = { count: length, sinceMs: performance.now() }
      return performance.now() - seen.sinceMs >= quietMs
    },
  )
  return arrivals.length
}

describe('what is asked for while a lane is busy', () => {
  test.each(['cancel', 'pause'])('after the answer to %s nothing more goes out', async (control) => {
    await setRate(2)
    const text = `until ${control}`
    const { id } = await world.post({ to: { user_ids: userIds }, text })
    await eventually(
      () => world.arrivalsOf(text),
      ({ length }) => length >= 2,
    )

    const { status } = await world.call('POST', `/v1/notifications/${id}/${control}`)
    const atAnswer = (await world.arrivalsOf(text)).length

    expect(status).toBe(200)
    expect(atAnswer).toBeLessThan(20)
    expect(await arrivedInTheEnd(text, 2_500)).toBe(atAnswer)
    await world.call('POST', `/v1/notifications/${id}/cancel`)
  })

  test('a rate reaches the turn that is sending', async () => {
    await setRate(1)
    const { id } = await world.post({ to: { user_ids: userIds }, text: 'slow, then fast' })
    await eventually(
      () => world.arrivalsOf('slow, then fast'),
      ({ length }) => length >= 2,
    )
    const changedAtMs = performance.now()
    await setRate(20)
    await world.settled(id)

    // At the rate before it would be eighteen seconds.
    expect(performance.now() - changedAtMs).toBeLessThan(9_000)
  })

  test("a person's stop ends what waits for the person", async () => {
    await setRate(1)
    const person = await world.connect('stopper')
    const posted: string[] = []
    for (let number = 1; number <= 80; number++) posted.push(await world.tell('stopper', `number ${number}`))
    await eventually(
      () => world.arrivalsOf('number 1'),
      ({ length }) => length === 1,
    )
    await person.say('/stop')
    await person.press('Yes, end it')

    const ends = await Promise.all(posted.slice(-2).map(async (id) => (await world.settled(id))['counts']))
    expect(ends).toEqual([{ failed: 1 }, { failed: 1 }])
    await setRate(30)
  })
})

test.skipIf(!findRedisServer())('a cancel is heard while the store of the queue is away', async () => {
  const alone = await createWorld({ backend: 'redis' })
  try {
    const users = await connectMany(alone, 40)
    await alone.call('PATCH', `/v1/bots/${alone.bot.id}`, { rate: 28 })
    const cancelWhileSending = async (text: string) => {
      const { id } = await alone.post({ to: { user_ids: users }, text })
      await eventually(
        () => alone.arrivalsOf(text),
        ({ length }) => length >= 2,
      )
      await alone.redis?.stop()
      const { body } = await alone.call('POST', `/v1/notifications/${id}/cancel`)
      const { counts } = await alone.settled(id as string)
      return { atAnswer: body['cancelled'] as number, inTheEnd: (counts as Json)['cancelled'] as number }
    }
    let tries = 0

    // Until one comes at a moment at which some are claimed and not yet in a socket: only a turn that heard of it gives those back.
    const cancel = await eventually(
      () => cancelWhileSending(`until cancel ${++tries}`),
      ({ atAnswer, inTheEnd }) => inTheEnd > atAnswer,
    )
    expect(cancel.inTheEnd).toBeGreaterThan(cancel.atAnswer)
  } finally {
    await alone.stop()
  }
})

test("two chats' own limits hold up no other chat for longer than the shorter of them", async () => {
  const [first, second, innocent] = await Promise.all(
    ['flooded', 'also', 'innocent'].map((name) => world.connect(name)),
  )
  await world.fault(first?.id ?? 0, { kind: 'status', status: 429, retry_after: 600 })
  await world.fault(second?.id ?? 0, { kind: 'status', status: 429, retry_after: 1 })
  await Promise.all([world.tell('flooded', 'later'), world.tell('also', 'soon')])
  await eventually(
    () => world.arrivalsOf('soon'),
    ({ length }) => length === 1,
  )

  await world.settled(await world.tell('innocent', 'a code'))
  expect((await innocent?.answers())?.at(-1)).toMatchObject({ text: 'a code' })
})

test('a group that became a supergroup keeps its history', async () => {
  const person = await world.newPerson('Member')
  const groupId = await world.connectGroup('team', person, { administrators: [person.id] })
  const buttons = [[{ text: 'Take it', action: 'take' }]]
  const before = await world.tell('team', { text: 'from before', buttons })
  await world.settled(before)
  const messageOf = async (text: string): Promise<Json | undefined> => {
    const { body } = await world.control('GET', `/groups/${groupId}/messages`)
    return (body['data'] as Json[]).find((message) => message['text'] === text)
  }
  const shown = await messageOf('from before')

  const upgraded = await world.control('POST', `/groups/${groupId}/upgrade`, {})
  const supergroupId = upgraded.body['id'] as number
  await eventually(
    () => world.events('user.migrated'),
    ({ length }) => length === 1,
  )

  await world.call('PATCH', `/v1/notifications/${before}`, { text: 'edited since', buttons })
  await eventually(
    () => messageOf('edited since'),
    (message) => message !== undefined,
  )
  const answer = await world.tell('team', { text: 'an answer', reply_to: before })
  await world.settled(answer)
  await world.control('POST', `/people/${person.id}/press`, {
    chat_id: groupId,
    bot: world.bot.username,
    message_id: shown?.['message_id'] ?? shown?.['id'],
    row: 0,
    column: 0,
  })
  const pressed = await eventually(
    () => world.events('button.pressed'),
    ({ length }) => length === 1,
  )
  const { body } = await world.control('GET', `/groups/${supergroupId}/messages`)

  expect(pressed).toMatchObject([{ action: 'take', notification_id: expect.any(String) as string }])
  expect((body['data'] as Json[]).at(-1)).toMatchObject({ text: 'an answer', reply_to: expect.any(Number) as number })

  await world.control('POST', `/people/${person.id}/say`, {
    chat_id: supergroupId,
    text: `/stop@${world.bot.username}`,
  })
  await eventually(
    async () => (await world.call('GET', '/v1/connections?user_id=team')).body['data'] as Json[],
    (connections) => connections.every(({ status }) => status === 'stopped'),
  )
})

test('what is to be taken back of a group while that becomes a supergroup comes to an end', async () => {
  const person = await world.newPerson('Third member')
  const groupId = await world.connectGroup('third team', person, { administrators: [person.id] })
  const sent = await world.tell('third team', 'to be taken back')
  await world.settled(sent)
  await world.fault(groupId, { kind: 'status', status: 429, retry_after: 2 })
  await world.call('DELETE', `/v1/notifications/${sent}/message`)
  await world.control('POST', `/groups/${groupId}/upgrade`, {})

  const { edit } = await eventually(
    async () => (await world.notification(sent))['deliveries'][0] as Json,
    ({ edit }) => (edit as Json)['status'] !== 'pending',
  )
  expect(edit).toMatchObject({ type: 'delete' })
})

test('a group that became a supergroup is stopped from there, before anything was sent to it', async () => {
  const person = await world.newPerson('Other member')
  const groupId = await world.connectGroup('quiet team', person, { administrators: [person.id] })
  const upgraded = await world.control('POST', `/groups/${groupId}/upgrade`, {})
  await world.control('POST', `/people/${person.id}/say`, {
    chat_id: upgraded.body['id'],
    text: `/stop@${world.bot.username}`,
  })

  const ended = await eventually(
    async () => (await world.call('GET', '/v1/connections?user_id=quiet team')).body['data'] as Json[],
    ([connection]) => connection?.['status'] === 'stopped',
  )
  expect(ended).toHaveLength(1)
})
