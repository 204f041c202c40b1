import { connectDatabase, type Database } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Front, startFront } from './front.js'
import { createWorld, type Json, type World } from './world.js'

// Two processes of the API take the presses in turn, and two workers handle them.
let world: World
let front: Front
let db: Database
beforeAll(async () => {
  front = await startFront()
  const env = { PUBLIC_URL: front.url }
  world = await createWorld({ env })
  front.add(world.api, await world.startApi(env))
  await world.startWorker()
  db = connectDatabase({ url: world.database.engineUrl, poolMax: 1 })
})
afterAll(async () => {
  await db.$disconnect()
  await world.stop()
  front.stop()
})

const yesOrNo = [
  { id: 'yes', text: 'Deploy', style: 'success' },
  { id: 'no', text: 'Not now' },
]

async function ask(to: object, question: object = {}): Promise<Json> {
  const { status, body } = await world.call('POST', '/v1/questions', {
    to,
    text: 'Deploy **3.2**?',
    options: yesOrNo,
    ...question,
  })
  expect({ status, body }).toMatchObject({ status: 201, body: { status: 'open', answer: null } })
  await world.settled(body['notification_id'] as string)
  return body
}

const look = async (question: Json, wait = 0): Promise<Json> =>
  (await world.call('GET', `/v1/questions/${question['id']}?wait=${wait}`)).body

const ended = (question: Json): Promise<Json> =>
  eventually(
    () => look(question),
    ({ status }) => status !== 'open',
  )

const eventsOf = async (type: string, question: Json): Promise<Json[]> => {
  const read = async () =>
    ((await world.call('GET', `/v1/events?type=${type}`)).body['data'] as Json[])
      .map(({ data }) => data)
      .filter(({ question_id: id }) => id === question['id'])
  return eventually(read, ({ length }) => length > 0)
}

test('a press answers, whoever waits gets it, and the message says so without its buttons', async () => {
  const person = await world.connect('decider')
  const question = await ask({ user_id: 'decider' })
  const waiting = look(question, 30)
  await person.press('Deploy')

  const answered = await waiting
  expect(answered).toMatchObject({
    status: 'answered',
    answer: { option: 'yes', text: 'Deploy', user_id: 'decider', connection_id: expect.stringMatching(/^con_/) },
    ended_at: expect.any(String),
  })
  expect(answered['answers']).toEqual([answered['answer']])
  const shown = await eventually(
    async () => (await person.messages()).at(-1) as Json,
    ({ text }) => String(text).includes('✓ Deploy — decider'),
  )
  expect(shown['buttons'] ?? []).toEqual([])
  expect(await eventsOf('question.answered', question)).toMatchObject([
    { answers: [{ option: 'yes', connection_id: answered['answer']['connection_id'] }] },
  ])
})

test('of 200 people who press at one moment, in a group and in other chats, exactly one answers', async () => {
  const names = Array.from({ length: 5 }, (_, index) => `racer_${index}`)
  const racers = await Promise.all(names.map((name) => world.connect(name)))
  const members = await Promise.all(Array.from({ length: 195 }, (_, index) => world.newPerson(`Member ${index}`)))
  const [first] = members
  if (!first) throw new Error('there is nobody')
  const group = await world.connectGroup('race group', first, { members: members.map(({ id }) => id) })
  const question = await ask({ user_ids: ['race group', ...names] }, { text: 'Who is first?' })
  const findMessage = async (path: string): Promise<number> => {
    const { body } = await world.control('GET', path)
    return (body['data'] as Json[]).findLast(({ text }) => String(text).includes('Who is first?'))?.['message_id']
  }
  const inGroup = await findMessage(`/groups/${group}/messages`)
  const presses = [
    ...members.map(({ id }) => ({ id, body: { chat_id: group, message_id: inGroup } as object })),
    ...(await Promise.all(
      racers.map(async ({ id }) => ({
        id,
        body: {
          bot: world.bot.username,
          message_id: await findMessage(`/people/${id}/messages?bot=${world.bot.username}`),
        },
      })),
    )),
  ]

  const given = await Promise.all(
    presses.map(async ({ id, body }, index) => {
      const answer = await world.control('POST', `/people/${id}/press`, { ...body, row: index % 2, column: 0 })
      return answer.body['callback_query_id'] as string | undefined
    }),
  )
  // Who comes when the message has lost its buttons already has nothing to press.
  const queries = given.filter((id) => id !== undefined)
  const { answer } = await ended(question)
  // One look after the other: looks at all of them at once would keep the sandbox from being told the answers.
  const toasts: Json[] = []
  for (const id of queries) {
    toasts.push(
      await eventually(
        async () => (await world.control('GET', `/callback-queries/${id}`)).body,
        (query) => query['is_answered'] === true,
      ),
    )
  }
  const events = await eventsOf('question.answered', question)
  expect(events).toHaveLength(1)
  expect(events[0]).toMatchObject({ answers: [{ option: answer['option'], user_id: answer['user_id'] }] })
  const told = toasts.filter(({ text }) => String(text).startsWith(`Too late. ✓ ${answer['text']} — `))
  expect(told).toHaveLength(queries.length - 1)
  expect(Math.min(...front.counts())).toBeGreaterThan(50)
  await Promise.all(racers.map((racer) => racer.hears(`✓ ${answer['text']} — `)))
})

test('where everybody is to answer it ends with the last of the chats, and an answer given twice counts once', async () => {
  const [one, two] = await Promise.all([world.connect('one of two'), world.connect('two of two')])
  const question = await ask({ user_ids: ['one of two', 'two of two'] }, { quorum: 'all', text: 'Lunch?' })

  expect(await one.press('Deploy')).toBe('✓ Deploy')
  expect(await one.press('Not now')).toBe('✓ Deploy — one of two')
  const soFar = await look(question)
  expect(soFar).toMatchObject({ status: 'open', answer: null, answers: [{ option: 'yes', user_id: 'one of two' }] })
  const open = (await world.call('GET', '/v1/questions?status=open')).body['data'] as Json[]
  expect(open.find(({ id }) => id === question['id'])).toEqual(soFar)
  await two.press('Not now')

  expect(await ended(question)).toMatchObject({
    status: 'answered',
    answers: [
      { option: 'yes', user_id: 'one of two' },
      { option: 'no', user_id: 'two of two' },
    ],
  })
  await one.hears('✓ Not now — two of two')
})

test('where everybody is to answer, one who no longer can ends it, and it was not answered', async () => {
  const [stays, leaves] = [await world.connect('stays'), await world.connect('leaves')]
  const question = await ask({ user_ids: ['stays', 'leaves'] }, { quorum: 'all' })
  await stays.press('Deploy')
  expect((await look(question))['status']).toBe('open')
  await world.control('POST', `/people/${leaves.id}/block`, { bot: world.bot.username })

  expect(await ended(question)).toMatchObject({
    status: 'failed',
    failure: 'recipient_blocked',
    answer: null,
    answers: [{ option: 'yes', user_id: 'stays', from: { id: String(stays.id), name: 'stays' } }],
  })
  const noted = (await world.call('GET', '/v1/audit')).body['data'] as Json[]
  const ofQuestion = noted.filter(({ object }) => (object as Json)?.['id'] === question['id'])
  expect(ofQuestion.map(({ action, after }) => [action, after])).toEqual([
    [
      'question.failed',
      {
        reason: 'recipient_blocked',
        answers: [expect.objectContaining({ option: 'yes', user_id: 'stays', from_id: String(stays.id) })],
      },
    ],
    ['question.asked', expect.objectContaining({ quorum: 'all', options: expect.any(Array) })],
  ])
})

test('where everybody is to answer and somebody cannot be reached, it is not asked', async () => {
  await world.connect('reachable')
  const to = { user_ids: ['reachable', 'nobody at all'] }
  const ask = (quorum: string) =>
    world.call('POST', '/v1/questions', { to, text: 'Both of you?', options: yesOrNo, quorum, expires_in: 60 })

  expect(await ask('all')).toMatchObject({ status: 422, body: { code: 'user_not_connected' } })
  expect(await ask('first')).toMatchObject({ status: 201 })
})

test('where everybody is to answer, one who has answered may leave', async () => {
  const [leaves, stays] = [await world.connect('leaves early'), await world.connect('stays longer')]
  const question = await ask({ user_ids: ['leaves early', 'stays longer'] }, { quorum: 'all' })
  await leaves.press('Deploy')
  await world.control('POST', `/people/${leaves.id}/block`, { bot: world.bot.username })
  await eventually(async () => (await world.events('user.blocked')).some(({ user_id: of }) => of === 'leaves early'))
  // It was looked whether that ends the question.
  await eventually(async () => (await db.connectionDoubt.count()) + (await db.questionDoubt.count()) === 0)
  expect(await look(question)).toMatchObject({ status: 'open' })
  await stays.press('Not now')

  expect(await ended(question)).toMatchObject({ status: 'answered', answers: [{ option: 'yes' }, { option: 'no' }] })
})

test('a written answer is the reply to the question, and nothing else', async () => {
  const person = await world.connect('author')
  const question = await ask(
    { user_id: 'author' },
    { options: undefined, free_text: { placeholder: 'A name' }, text: 'What is it called?' },
  )
  const asked = (await person.messages()).at(-1)
  await person.say('not this')
  const replyWith = (text: string) =>
    world.control('POST', `/people/${person.id}/say`, {
      bot: world.bot.username,
      text,
      reply_to: asked?.['message_id'],
    })
  await replyWith('/weather@another_bot')
  // It looks like a command, and is none of the bot's.
  await replyWith('/tellwire')

  expect(await ended(question)).toMatchObject({ status: 'answered', answer: { option: null, text: '/tellwire' } })
  await person.hears('✓')
  const heard = (await world.events('message.received')).map(({ text }) => text)
  expect(heard).toContain('not this')
  expect(heard).not.toContain('/tellwire')
})

test('of a written answer the other chats are told, and so is whoever comes later', async () => {
  const [quick, slow] = [await world.connect('quick'), await world.connect('slow')]
  const question = await ask(
    { user_ids: ['quick', 'slow'] },
    { options: undefined, free_text: {}, text: 'Which colour?' },
  )
  const answer = async (person: typeof quick, text: string) => {
    const { message_id: messageId } = await person.hears('Which colour?')
    await world.control('POST', `/people/${person.id}/say`, { bot: world.bot.username, text, reply_to: messageId })
  }
  await answer(quick, 'blue')
  expect(await ended(question)).toMatchObject({ answers: [{ text: 'blue', user_id: 'quick' }] })
  await slow.hears('✓ blue — quick')
  await answer(slow, 'red')

  await slow.hears('Too late. ✓ blue — quick')
  expect((await quick.answers()).map(({ text }) => text)).not.toContain('✓ blue — quick')
})

test('a written answer counts however long it is, and who has stopped is told nothing of it', async () => {
  const [writer, leaver, hearer] = await Promise.all(['writer', 'leaver', 'hearer'].map((name) => world.connect(name)))
  const question = await ask(
    { user_ids: ['writer', 'leaver', 'hearer'] },
    { options: undefined, free_text: {}, text: 'How was it?' },
  )
  await leaver?.say('/stop')
  await leaver?.press('Yes, end it')
  await leaver?.hears('You will get no more')
  const asked = await writer?.hears('How was it?')
  const text = `${'a'.repeat(199)}🎉 and more`
  await world.control('POST', `/people/${writer?.id}/say`, {
    bot: world.bot.username,
    text,
    reply_to: asked?.['message_id'],
  })

  expect(await ended(question)).toMatchObject({ answer: { text } })
  await hearer?.hears(`✓ ${'a'.repeat(199)}… — writer`)
  // What is said to a chat is said in order: an outcome would come before the answer to this.
  const before = (await leaver?.answers())?.length ?? 0
  await leaver?.say('/help')
  const said = await eventually(
    async () => (await leaver?.answers()) ?? [],
    ({ length }) => length > before,
  )
  expect(said.map(({ text }) => text)).not.toContainEqual(expect.stringContaining('✓'))
})

test('a chat that was disconnected does not answer', async () => {
  const [left, stays] = [await world.connect('left the company'), await world.connect('still there')]
  const question = await ask({ user_ids: ['left the company', 'still there'] })
  const { body } = await world.call('GET', '/v1/connections?user_id=left the company')
  await world.call('DELETE', `/v1/connections/${(body['data'] as Json[])[0]?.['id']}`)
  await left.press('Deploy')
  expect(await look(question)).toMatchObject({ status: 'open' })

  await stays.press('Not now')
  expect(await ended(question)).toMatchObject({ answers: [{ option: 'no', user_id: 'still there' }] })
})

test('answers of some stay known where not everybody answers in time', async () => {
  const names = ['in time', 'never']
  const [inTime] = await Promise.all(names.map((name) => world.connect(name)))
  const question = await ask({ user_ids: names }, { quorum: 'all', expires_in: 8, default: 'no' })
  await inTime?.press('Deploy')

  expect(await look(question, 30)).toMatchObject({
    status: 'expired',
    answer: null,
    answers: [{ option: 'yes', user_id: 'in time', connection_id: expect.stringMatching(/^con_/) }],
  })
  await inTime?.hears('⌛ Not now\n✓ Deploy — in time')
})

test('what nobody answers in time expires, with the default', async () => {
  const person = await world.connect('sleeper')
  const question = await ask({ user_id: 'sleeper' }, { expires_in: 5, default: 'no' })

  expect(await look(question, 30)).toMatchObject({ status: 'expired', default: 'no', answer: null })
  await person.hears('⌛ Not now')
  expect(await eventsOf('question.expired', question)).toEqual([{ question_id: question['id'], default: 'no' }])
})

test('a block ends a question at once, and so does a delivery that fails', async () => {
  const blocker = await world.connect('blocker')
  const question = await ask({ user_id: 'blocker' })
  await world.control('POST', `/people/${blocker.id}/block`, { bot: world.bot.username })
  expect(await look(question, 30)).toMatchObject({ status: 'failed', failure: 'recipient_blocked' })

  const gone = await world.connect('gone')
  await world.fault(gone.id, { kind: 'status', status: 403 })
  const unsent = await ask({ user_id: 'gone' })
  expect(await look(unsent, 30)).toMatchObject({ status: 'failed', failure: expect.stringMatching(/^[a-z_]+$/) })
})

test('a question is asked once for an idempotency key, can be taken back, and is listed', async () => {
  const person = await world.connect('asked once')
  const body = { to: { user_id: 'asked once' }, text: 'Once?', options: yesOrNo }
  const send = () => world.call('POST', '/v1/questions', body, { 'idempotency-key': 'question-1' })
  const [first, second] = [await send(), await send()]
  expect(second.body['id']).toBe(first.body['id'])
  expect(second.headers.get('idempotency-replayed')).toBe('true')
  await world.settled(first.body['notification_id'] as string)

  const cancel = () => world.call('POST', `/v1/questions/${first.body['id']}/cancel`)
  expect((await cancel()).body['status']).toBe('cancelled')
  expect((await cancel()).body['status']).toBe('cancelled')
  await person.hears('✕')
  const { body: list } = await world.call('GET', '/v1/questions?status=cancelled')
  expect((list['data'] as Json[]).map(({ id }) => id)).toEqual([first.body['id']])
})

test('a question that is taken back from all chats ends, and nothing is said of it', async () => {
  const person = await world.connect('taken back')
  const question = await ask({ user_id: 'taken back' }, { options: undefined, free_text: {} })
  const notification = `/v1/notifications/${question['notification_id']}`
  const edited = await world.call('PATCH', notification, { text: 'Another?' })
  expect(edited.body).toMatchObject({ code: 'not_editable', errors: [{ pointer: '/text' }] })
  const before = (await person.messages()).length
  expect((await world.call('DELETE', `${notification}/message`)).status).toBe(202)

  expect(await ended(question)).toMatchObject({ status: 'failed', failure: 'message_deleted' })
  await world.settled(await world.tell('taken back', 'what comes next'))
  expect((await person.messages()).length).toBe(before)
})

test('its buttons stay the answers, and answers that do not fit below it are told in part', async () => {
  const names = Array.from({ length: 6 }, (_, index) => `voter_${index} ${'x'.repeat(50)}`)
  const voters = await Promise.all(names.map((name) => world.connect(name)))
  const long = 'y'.repeat(60)
  const question = await ask(
    { user_ids: names },
    { quorum: 'all', text: 'z'.repeat(2_990), options: [{ id: 'long', text: long }] },
  )
  const edit = await world.call('PATCH', `/v1/notifications/${question['notification_id']}`, { buttons: null })
  expect(edit.body).toMatchObject({ code: 'not_editable', errors: [{ pointer: '/buttons' }] })
  const tooLong = { text: 'x'.repeat(3_001) }
  const longer = await world.call('PATCH', `/v1/notifications/${question['notification_id']}`, tooLong)
  expect(longer.body).toMatchObject({ code: 'not_editable', errors: [{ pointer: '/text' }] })
  await Promise.all(voters.map((voter) => voter.press(long)))

  expect((await ended(question))['answers']).toHaveLength(6)
  await Promise.all(voters.map((voter) => voter.hears('…')))
})

test.each([
  [{}, '/options'],
  [{ options: yesOrNo, free_text: {} }, '/options'],
  [{ options: [yesOrNo[0], yesOrNo[0]] }, '/options/1/id'],
  [{ options: [...yesOrNo, { id: 'later', text: 'Not now' }] }, '/options/2/text'],
  [{ options: yesOrNo, default: 'maybe' }, '/default'],
])('a question that cannot be asked is refused: %j', async (question, pointer) => {
  const { status, body } = await world.call('POST', '/v1/questions', { to: { user_id: 'x' }, text: '?', ...question })

  expect(status).toBe(422)
  expect(body['errors'][0]['pointer']).toBe(pointer)
})
