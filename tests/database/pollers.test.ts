import { randomUUID } from 'node:crypto'
import {
  acquirePollers,
  advancePoller,
  dropDeadWorkers,
  findPollers,
  keepWorker,
  leaveWorker,
  newId,
  releasePollers,
} from '@tellwire/db'
import { expect, test as base } from 'vitest'
import { type EngineLab, withEngineLab } from './engine-lab.js'

interface Lab extends EngineLab {
  addBots: (count: number, isWanted?: boolean) => Promise<void>
  /** A worker that lives. */
  startWorker: () => Promise<string>
}

const test = base.extend<{ lab: Lab }>({
  lab: async ({}, use) => {
    await withEngineLab(async (lab) => {
      const { engine, owner } = lab
      let telegramId = 0
      await use({
        ...lab,
        startWorker: async () => {
          const id = randomUUID()
          await keepWorker(engine, id, idle)
          return id
        },
        addBots: async (count, isWanted = true) => {
          for (let index = 0; index < count; index++) {
            const id = newId()
            await owner.query(
              "INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode) VALUES ($1, $2, 'a', 'a', '', 'polling')",
              [id, ++telegramId],
            )
            await owner.query('INSERT INTO lanes (bot_id) VALUES ($1)', [id])
            await owner.query('INSERT INTO update_pollers (bot_id, is_wanted) VALUES ($1, $2)', [id, isWanted])
          }
        },
      })
    })
  },
})

const idle = { pollers: 0, lanes: 0 }

test('two workers get different bots, and none that has a webhook', async ({
  lab: { engine, addBots, startWorker },
}) => {
  await addBots(5)
  await addBots(2, false)
  const [first, second] = [await startWorker(), await startWorker()]

  const grants = [...(await acquirePollers(engine, first, 3)), ...(await acquirePollers(engine, second, 100))]

  expect(new Set(grants.map(({ botId }) => botId)).size).toBe(5)
  expect(await acquirePollers(engine, second, 100)).toEqual([])
})

test('a worker that says nothing for a while loses its bots, and one that lives keeps them', async ({
  lab: { engine, owner, addBots },
}) => {
  await addBots(4)
  const [dead, alive] = [randomUUID(), randomUUID()]
  await keepWorker(engine, dead, idle)
  await acquirePollers(engine, dead, 2)
  expect(await keepWorker(engine, alive, idle)).toEqual({ count: 2, pollers: 0, lanes: 0 })
  await keepWorker(engine, dead, { pollers: 2, lanes: 3 })
  expect(await keepWorker(engine, alive, { pollers: 0, lanes: 1 })).toEqual({ count: 2, pollers: 2, lanes: 4 })
  await acquirePollers(engine, alive, 2)
  await owner.query("UPDATE workers SET lease_until = now() - interval '1 second' WHERE id = $1", [dead])

  await dropDeadWorkers(engine)

  expect(await acquirePollers(engine, alive, 10)).toHaveLength(2)
  expect(await findPollers(engine, dead)).toEqual([])
  expect(await findPollers(engine, alive)).toHaveLength(4)
})

test('shows a worker what is its own: bots that it does not know of, and new tokens', async ({
  lab: { engine, owner, addBots, startWorker },
}) => {
  await addBots(1)
  const worker = await startWorker()
  // The answer to this one is lost.
  const [grant] = await acquirePollers(engine, worker, 1)
  await owner.query('UPDATE lanes SET token_version = token_version + 1')

  const found = await findPollers(engine, worker)

  expect(found).toEqual([{ botId: grant?.botId, tokenVersion: (grant?.tokenVersion ?? 0) + 1, isWanted: true }])
  await releasePollers(engine, worker, [grant?.botId ?? ''])
  expect(await acquirePollers(engine, await startWorker(), 1)).toHaveLength(1)
})

test('one that has lost a bot does not say how far it was read', async ({ lab: { engine, addBots, startWorker } }) => {
  await addBots(1)
  const [late, next] = [await startWorker(), await startWorker()]
  const [grant] = await acquirePollers(engine, late, 1)
  const botId = grant?.botId ?? ''
  await advancePoller(engine, late, { botId, nextUpdateId: 5 })
  await leaveWorker(engine, late)
  await acquirePollers(engine, next, 1)

  await advancePoller(engine, late, { botId, nextUpdateId: 3 })

  await leaveWorker(engine, next)
  // One that has left, or is taken for dead, gets nothing: nobody would take it over from it.
  expect(await acquirePollers(engine, late, 1)).toEqual([])
  expect(await acquirePollers(engine, await startWorker(), 1)).toMatchObject([{ nextUpdateId: 5 }])
})
