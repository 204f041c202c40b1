import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test as base } from 'vitest'
import {
  type Conversation,
  conversation,
  combine,
  ConversationTimeout,
  type Heard,
  stateful,
  textOf,
} from './conversations.js'
import type { ConversationOptions } from './conversation.js'
import { fileStore } from './node/file-stores.js'
import type { Speaking } from './heard.js'

interface Lab {
  tellwire: Speaking
  /** What was said, each thing once, as the service does by the idempotency key. */
  said: string[]
  fail(error: Error | undefined): void
  write(text: string, more?: { chat?: string; from?: string }): Heard
}

const test = base.extend<{ lab: Lab; folder: string }>({
  lab: async ({}, use) => {
    const said: string[] = []
    const known = new Map<string, { id: string }>()
    let failure: Error | undefined
    const answer = async (_chat: string, { text }: { text: string }, { idempotencyKey = '' } = {}) => {
      if (failure) throw failure
      const earlier = known.get(idempotencyKey)
      if (earlier) return earlier
      said.push(text)
      known.set(idempotencyKey, { id: `ntf_${said.length}` })
      return { id: `ntf_${said.length}` }
    }
    let id = 0
    await use({
      tellwire: { chats: { answer } } as unknown as Speaking,
      said,
      fail: (error) => (failure = error),
      write: (text, { chat = 'con_1', from = '1' } = {}) =>
        ({
          id: `evt_${++id}`,
          type: 'message.received',
          data: { connection_id: chat, user_id: 'u', text, from: { id: from, name: 'Ada' } },
        }) as Heard,
    })
  },
  folder: async ({}, use) => use(mkdtempSync(join(tmpdir(), 'tellwire-states-'))),
})

async function greet(chat: Conversation): Promise<void> {
  const name = textOf(await chat.ask('What is your name?'))
  const age = textOf(
    await chat.ask(`Hello ${name}, how old are you?`, {
      accept: (e) => /^\d+$/.test(textOf(e)),
      otherwise: 'In digits, please.',
    }),
  )
  await chat.say(`${name} is ${age}.`)
}

test('asks, waits, and goes on with what was answered, each chat for itself', async ({ lab }) => {
  const { message } = conversation(lab.tellwire, 'chat', greet)

  await message(lab.write('hi') as never)
  await message(lab.write('hi', { chat: 'con_2' }) as never)
  await message(lab.write('Ada') as never)
  await message(lab.write('Grace', { chat: 'con_2' }) as never)
  await message(lab.write('many') as never)
  await message(lab.write('36') as never)

  expect(lab.said).toEqual([
    'What is your name?',
    'What is your name?',
    'Hello Ada, how old are you?',
    'Hello Grace, how old are you?',
    'In digits, please.',
    'Ada is 36.',
  ])
  await message(lab.write('again') as never)
  expect(lab.said.at(-1)).toBe('What is your name?')
})

test('goes on where the program ended, without doing anything twice', async ({ lab, folder }) => {
  let drawn = 0
  const lead = async (chat: Conversation): Promise<void> => {
    const secret = await chat.run(() => ++drawn)
    const guess = textOf(await chat.ask('Guess'))
    await chat.say(`It is ${secret}, not ${guess}`)
  }
  const start = () => conversation(lab.tellwire, 'chat', lead, { store: fileStore(folder) })

  await start().message(lab.write('go') as never)
  const second = start()
  await second.resume()
  const guess = lab.write('7')
  lab.fail(new Error('down'))
  await expect(second.message(guess as never)).rejects.toThrow('down')
  lab.fail(undefined)
  const third = start()
  // The stream brings it again, since it was not handled to its end.
  await third.message(guess as never)
  await third.message(guess as never)

  expect(lab.said).toEqual(['Guess', 'It is 1, not 7', 'Guess'])
  expect(drawn).toBe(2)
  expect(readdirSync(folder)).toHaveLength(1)
})

test('an answer that does not come in time ends it, or is what its function makes of it', async ({ lab, folder }) => {
  const store = () => fileStore<never>(folder)
  const options = { timeoutMs: 30 } satisfies ConversationOptions
  const silent = conversation(lab.tellwire, 'chat', greet, { ...options, store: store() })
  await silent.message(lab.write('hi') as never)
  while (readdirSync(folder).length > 0) await delay(5)
  expect(lab.said).toEqual(['What is your name?'])

  const kind = async (chat: Conversation): Promise<void> => {
    try {
      await chat.ask('Still there?')
    } catch (error) {
      if (error instanceof ConversationTimeout) await chat.say('See you.')
    }
  }
  const first = conversation(lab.tellwire, 'chat', kind, { timeoutMs: 60_000, store: store() })
  await first.message(lab.write('hi') as never)
  const kept = await fileStore<{ waits: { until: number } }>(folder).load('con_1')
  await fileStore<object>(folder).save('con_1', { ...kept, waits: { ...kept?.waits, until: Date.now() } })
  // Its time has passed while no program ran.
  await conversation(lab.tellwire, 'chat', kind, { timeoutMs: 60_000, store: store() }).resume()
  while (readdirSync(folder).length > 0) await delay(5)
  expect(lab.said.slice(1)).toEqual(['Still there?', 'See you.'])
})

test('is told by its key apart: by person, or by what is wanted', async ({ lab }) => {
  const count = { person: 0, own: 0 }
  const byPerson = conversation(lab.tellwire, 'person', async (chat) => {
    count.person++
    await chat.ask('?')
  })
  const byOwn = conversation(
    lab.tellwire,
    (event) => (textOf(event) === 'no' ? undefined : 'all'),
    async (chat) => {
      count.own++
      await chat.ask('!')
    },
  )
  const { message } = combine(byPerson, byOwn)

  for (const from of ['1', '2', '1']) await message?.(lab.write('x', { from }) as never)
  await message?.(lab.write('no', { from: '3' }) as never)

  expect(count).toEqual({ person: 3, own: 2 })
})

test('begins with what may begin it alone', async ({ lab }) => {
  const { message } = conversation(lab.tellwire, 'chat', greet, { starts: (event) => textOf(event) === 'go' })

  await message(lab.write('hello') as never)
  expect(lab.said).toEqual([])
  await message(lab.write('go') as never)
  expect(lab.said).toHaveLength(1)
})

test('a state is data: the next one follows from the last, and it is forgotten after its time', async ({
  lab,
  folder,
}) => {
  const store = fileStore<never>(folder)
  const ended: number[] = []
  const counter = () =>
    stateful<{ count: number }>(
      lab.tellwire,
      'chat',
      async ({ count }, event, say) => {
        if (textOf(event) === 'reset') return undefined
        await say(`${count + 1} messages`)
        return { count: count + 1 }
      },
      { initial: () => ({ count: 0 }), store, timeoutMs: 2_000, onTimeout: ({ count }) => ended.push(count) },
    )

  const { message } = counter()
  await message(lab.write('a') as never)
  await message(lab.write('b') as never)
  await message(lab.write('reset') as never)
  await message(lab.write('c') as never)
  expect(lab.said).toEqual(['1 messages', '2 messages', '1 messages'])
  while (ended.length === 0) await delay(5)
  expect(ended).toEqual([1])
  await message(lab.write('d') as never)
  expect(lab.said.at(-1)).toBe('1 messages')
})

test('what comes twice is worked on once, also where it ended the state', async ({ lab, folder }) => {
  const start = () =>
    stateful<number>(
      lab.tellwire,
      'chat',
      async (seen, event, say) => {
        await say(`Message number ${seen + 1}`)
        return textOf(event) === 'end' ? undefined : seen + 1
      },
      { initial: () => 0, store: fileStore(folder) },
    )
  const [first, last] = [lab.write('a'), lab.write('end')]
  for (const event of [first, first, last, last]) await start().message(event as never)

  expect(lab.said).toEqual(['Message number 1', 'Message number 2'])
  await start().message(lab.write('again') as never)
  expect(lab.said.at(-1)).toBe('Message number 1')
})

test('a time-out comes, however early a timer fires', async ({ lab }) => {
  const ended: number[] = []
  const { message } = stateful<number>(lab.tellwire, 'chat', (seen) => seen + 1, {
    initial: () => 0,
    timeoutMs: 30,
    onTimeout: (seen) => void ended.push(seen),
  })
  await Promise.all(Array.from({ length: 300 }, (_, chat) => message(lab.write('x', { chat: `con_${chat}` }) as never)))

  while (ended.length < 300) await delay(5)
  expect(ended).toHaveLength(300)
})

test('one after the other in a chat, however fast they come', async ({ lab }) => {
  const { message } = stateful<number[]>(
    lab.tellwire,
    'chat',
    async (seen) => {
      await delay(Math.random() * 5)
      return [...seen, seen.length]
    },
    { initial: () => [] },
  )
  const states: number[][] = []
  const { message: watch } = stateful<number>(
    lab.tellwire,
    'chat',
    (seen) => {
      states.push([seen])
      return seen + 1
    },
    { initial: () => 0 },
  )

  await Promise.all(Array.from({ length: 20 }, () => message(lab.write('x') as never)))
  await Promise.all(Array.from({ length: 20 }, () => watch(lab.write('x') as never)))

  expect(states.flat()).toEqual(Array.from({ length: 20 }, (_, index) => index))
})
