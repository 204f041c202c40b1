import {
  findBotsWithUpdates,
  findWaitingUpdates,
  newId,
  passOverUpdates,
  recordUpdateFailure,
  storeUpdates,
} from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { expect, test as base } from 'vitest'
import { addTenantWithBot, countWaiting, type EngineLab, withEngineLab } from './engine-lab.js'

interface Lab extends EngineLab {
  botId: string
  /** Stores updates with these numbers, each in its chat. */
  store: (...updates: [updateId: number, chatId: number][]) => Promise<number>
  /** The numbers of what may be handled now. */
  waiting: () => Promise<string[]>
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    await withEngineLab(async (lab) => {
      const { engine } = lab
      const botId = newId()
      await use({
        ...lab,
        botId,
        store: (...updates) =>
          storeUpdates(
            engine,
            botId,
            updates.map(([updateId, chatId]) => ({ updateId, chatId, kind: 'message', payload: {} })),
          ),
        waiting: async () => (await findWaitingUpdates(engine, botId, 100)).map(({ updateId }) => updateId),
      })
    })
  },
})

test('stores each update once, also after it was handled', async ({ lab: { engine, botId, store, waiting } }) => {
  expect(await store([2, 1], [1, 1])).toBe(2)
  expect(await waiting()).toEqual(['1', '2'])
  await passOverUpdates(engine, botId, [
    { ...ofNoKind, updateId: '1', chatId: '1' },
    { ...ofNoKind, updateId: '2', chatId: '1' },
  ])

  expect(await store([1, 1], [3, 1])).toBe(1)
  expect(await waiting()).toEqual(['3'])
})

test('what fails is tried again later, and its chat waits for it, but not for ever', async ({
  lab: { engine, owner, botId, store, waiting },
}) => {
  await store([1, 7], [2, 7], [3, 8])
  const fail = () => recordUpdateFailure(engine, { botId, updateId: '1' }, { failure: 'Error', retryInMs: 60_000 })

  await fail()
  expect(await waiting()).toEqual(['3'])
  for (let again = 0; again < 3; again++) await fail()
  expect(await waiting()).toEqual(['2', '3'])

  await owner.query(
    "UPDATE updates SET retry_at = now() - interval '1 second', received_at = now() - interval '1 hour'",
  )
  expect(await waiting()).toEqual(['1', '2', '3'])
  expect(await findBotsWithUpdates(engine)).toEqual([botId])
})

test('what is given up is parked, and found no more', async ({ lab: { engine, owner, botId, store, waiting } }) => {
  await store([1, 7], [2, 7])
  await recordUpdateFailure(engine, { botId, updateId: '1' }, { failure: 'TypeError', retryInMs: undefined })

  expect(await waiting()).toEqual(['2'])
  const { rows } = await owner.query('SELECT failure, attempts FROM updates WHERE parked_at IS NOT NULL')
  expect(rows).toEqual([{ failure: 'TypeError', attempts: 1 }])
})

test('passes over what changes nothing, and leaves what may be to do', async ({
  lab: { engine, owner, botId, store },
}) => {
  const tenantId = newId()
  await addTenantWithBot(owner, { tenantId, botId })
  for (const [chatId, status] of [
    [1, 'active'],
    [2, undefined],
    [3, 'blocked'],
    [4, 'active'],
  ] as const) {
    await owner.query(
      "INSERT INTO chats (bot_id, chat_id, type, title, blocked_at) VALUES ($1, $2, 'private', 'Ada', CASE $3 WHEN 'blocked' THEN now() END)",
      [botId, chatId, status ?? ''],
    )
    if (status)
      await owner.query(
        "INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id, status) VALUES ($1, $2, 'u', $3, $4, $5)",
        [tenantId, newId(), botId, chatId, status],
      )
  }
  await store([1, 1], [2, 2], [3, 3], [4, 4])
  const said = {
    isOfNoKind: false,
    type: 'private',
    username: undefined,
    languageCode: undefined,
    date: 1_000,
    event: undefined,
  }

  const passed = await passOverUpdates(engine, botId, [
    { ...said, updateId: '1', chatId: '1', title: 'Ada' },
    { ...said, updateId: '2', chatId: '2', title: 'Ada' },
    { ...said, updateId: '3', chatId: '3', title: 'Ada' },
    { ...said, updateId: '4', chatId: '4', title: 'Ada Lovelace' },
  ])

  // Nobody is connected to the second, and the third is restored by what was said.
  expect(passed).toEqual(new Set(['1', '4']))
  const { rows } = await owner.query(
    'SELECT chat_id, title FROM chats WHERE membership_at IS NOT NULL ORDER BY chat_id',
  )
  expect(rows).toEqual([
    { chat_id: '1', title: 'Ada' },
    { chat_id: '4', title: 'Ada Lovelace' },
  ])
})

test('what two handle at once is told once', async ({ lab: { engine, owner, botId, store } }) => {
  const tenantId = newId()
  await addTenantWithBot(owner, { tenantId, botId })
  await owner.query("INSERT INTO chats (bot_id, chat_id, type) VALUES ($1, 1, 'group')", [botId])
  await owner.query("INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id) VALUES ($1, $2, 'u', $3, 1)", [
    tenantId,
    newId(),
    botId,
  ])
  await store([1, 1], [2, 1])
  const said = { ...ofNoKind, isOfNoKind: false, type: 'group', date: 1_000, chatId: '1' }
  const updates = ['1', '2'].map((updateId) => ({
    ...said,
    updateId,
    event: { text: 'x', message_id: Number(updateId) },
  }))
  await owner.query('BEGIN; SELECT FROM updates FOR UPDATE')

  const handling = [passOverUpdates(engine, botId, updates), passOverUpdates(engine, botId, updates)]
  await eventually(async () => (await countWaiting(owner)) === 2)
  await owner.query('COMMIT')

  expect((await Promise.all(handling)).reduce((sum, { size }) => sum + size, 0)).toBe(2)
  const { rows } = await owner.query(
    'SELECT (SELECT count(*)::int FROM events) AS events, (SELECT count(*)::int FROM inbox_messages) AS kept, unread FROM inbox_chats',
  )
  expect(rows).toEqual([{ events: 2, kept: 2, unread: 2 }])
})

const ofNoKind = {
  isOfNoKind: true,
  type: undefined,
  title: undefined,
  username: undefined,
  languageCode: undefined,
  date: undefined,
  event: undefined,
}
