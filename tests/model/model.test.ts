import { setTimeout as delay } from 'node:timers/promises'
import { parseId } from '@tellwire/domain'
import { eventually, isLongRun } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { createWorld, type Json } from '../e2e/world.js'
import { call, pauseOrResume, setStage, type Stage, take } from './actors.js'
import { type EndedDelivery, findFaults, type Told } from './history.js'
import { drawSteps } from './steps.js'

// Anything happens in any order, on two APIs and two workers. When all is quiet again, each delivery has ended in a way
// that what happened allows, the sums are those of the rows, and nothing is left over.

const stepCount = Number(process.env['MODEL_STEPS'] ?? 800)
const seed = Number(process.env['MODEL_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const settleMs = 240_000

test.runIf(isLongRun)(`whatever happens, everything ends well (seed ${seed})`, { timeout: 1_800_000 }, async () => {
  const world = await createWorld({ env: { TELEGRAM_TIMEOUT_SECONDS: '2' } })
  const stage = await setStage(world)
  try {
    for (const step of drawSteps(seed, stepCount)) {
      await take(stage, step)
      await delay(stage.calls % 4 === 0 ? 150 : 20)
    }
    await calmDown(stage)
    const deliveries = await Promise.all(stage.history.told.map((told) => readEnd(stage, told)))

    expect(findFaults(stage.history, deliveries.flat())).toEqual([])
    expect(await findRemains(stage)).toEqual({})
    expect(await tellEveryone(stage)).toEqual(stage.readers.map(() => 'sent'))
    const refused = (await world.requests()).filter(({ status }) => status === 429)
    expect(refused.length).toBeLessThanOrEqual(stage.history.floods)
  } finally {
    await stage.owner.end()
    await world.stop()
  }
})

/** Ends all that holds something back, and waits until everything has ended. */
async function calmDown(stage: Stage): Promise<void> {
  const { world, readers, history, running } = stage
  await Promise.all(running)
  await world.control('DELETE', '/faults')
  await call(stage, 'PATCH', `/v1/bots/${world.bot.id}`, { rate: 30 })
  for (const { person, userId } of readers) {
    if (!history.refusedUsers.has(userId)) continue
    await world.control('POST', `/people/${person.id}/unblock`, { bot: world.bot.username })
  }
  for (const told of history.told) if (told.pauses.at(-1)?.toMs === Infinity) await pauseOrResume(stage, told, 'resume')
  for (const { id } of history.told) {
    const found = await eventually(
      () => call(stage, 'GET', `/v1/notifications/${id}`),
      ({ body }) => body['status'] === 'settled',
      settleMs,
    )
    expect(found.status).toBe(200)
  }
  // Edits end after what they edit.
  await eventually(
    () => countRows(stage, 'pending_deliveries'),
    (count) => count === 0,
    settleMs,
  )
}

/** The deliveries of a notification, as the API and the chats show them. */
async function readEnd(stage: Stage, told: Told): Promise<EndedDelivery[]> {
  const { world, readers } = stage
  const { body: notification } = await call(stage, 'GET', `/v1/notifications/${told.id}`)
  const { body: page } = await call(stage, 'GET', `/v1/notifications/${told.id}/deliveries?limit=100`)
  const deliveries = page['data'] as Json[]
  const counts: Record<string, number> = {}
  for (const { status } of deliveries) counts[status] = (counts[status] ?? 0) + 1
  expect({ mark: told.mark, counts: notification['counts'] }).toEqual({ mark: told.mark, counts })
  if (told.promised !== null) expect(deliveries).toHaveLength(told.promised)
  const arrivals = (await world.requests()).filter(
    ({ accepted, text }) => accepted && String(text).startsWith(told.mark),
  )
  return Promise.all(
    deliveries.map(async (delivery) => {
      const reader = readers.find(({ userId }) => userId === delivery['user_id'])
      if (!reader) throw new Error(`nobody is called ${delivery['user_id']}`)
      const chat = await chatOf(stage, reader)
      const shown = chat.find(({ text, from_bot }) => from_bot && String(text).startsWith(told.mark))
      return {
        told,
        userId: reader.userId,
        status: delivery['status'] as string,
        failureCode: delivery['failure']?.code as string | undefined,
        arrivedAtMs: arrivals
          .filter(({ chat_id: chatId }) => reader.chatIds.includes(Number(chatId)))
          .map(({ at_ms: atMs }) => atMs as number),
        shown: shown?.['text'] as string | undefined,
        editStatus: delivery['edit']?.status as string | undefined,
      }
    }),
  )
}

async function chatOf({ world }: Stage, { person, chatIds, userId }: Stage['readers'][number]): Promise<Json[]> {
  if (!userId.startsWith('group')) return person.messages()
  const { body } = await world.control('GET', `/groups/${chatIds.at(-1)}/messages`)
  return body['data'] as Json[]
}

async function countRows({ owner }: Stage, from: string): Promise<number> {
  const { rows } = await owner.query<{ count: number }>(`SELECT count(*)::int AS count FROM ${from}`)
  return rows[0]?.count ?? 0
}

const terminal = ['sent', 'failed', 'expired', 'cancelled', 'unknown'].map((status) => `'notification.${status}'`)

/** What is left over in the database when everything has ended; empty where nothing is. */
async function findRemains(stage: Stage): Promise<Record<string, number>> {
  const replayed = stage.history.told
    .filter(({ wasReplayed }) => wasReplayed)
    .map(({ id }) => `'${parseId('ntf', id)}'`)
  const queries = {
    'deliveries in a lane': 'pending_deliveries',
    'deliveries that wait': 'waiting_deliveries',
    'deliveries without an end': `deliveries WHERE ended_at IS NULL`,
    'edits without an end': `deliveries WHERE edit ->> 'status' = 'pending'`,
    'updates that nobody has handled': 'updates',
    'broadcasts that are not over': 'broadcasts WHERE NOT is_completed',
    'sums that are not those of the rows': `(
      SELECT tenant_id, notification_id, status, sum(count)::bigint FROM delivery_counts GROUP BY 1, 2, 3
      EXCEPT
      SELECT tenant_id, notification_id, status, count(*) FROM deliveries GROUP BY 1, 2, 3
    ) s`,
    'deliveries of which not one end was told': `deliveries d
      WHERE notification_id::text <> ALL (ARRAY[${replayed.join(', ')}]::text[]) AND 1 <> (
        SELECT count(*) FROM events e
        WHERE e.tenant_id = d.tenant_id AND e.type IN (${terminal.join(', ')}) AND e.data ->> 'delivery_id' = d.id::text
      )`,
    'lanes of nobody': 'lanes WHERE holder IS NOT NULL AND lease_until < clock_timestamp()',
    'lanes that stand still': 'lanes WHERE parked_reason IS NOT NULL OR paused_until > clock_timestamp()',
    'pollers of nobody':
      'update_pollers p WHERE is_wanted AND NOT EXISTS (SELECT FROM workers w WHERE w.id = p.holder)',
    'chats that are held back': "chats WHERE paused_until > clock_timestamp() + interval '10 seconds'",
  }
  const found = await eventually(
    async () => {
      const counts: Record<string, number> = {}
      for (const [what, from] of Object.entries(queries)) {
        const count = await countRows(stage, from)
        if (count > 0) counts[what] = count
      }
      return counts
    },
    (remains) => Object.keys(remains).length === 0,
  ).catch((error: unknown) => ({ [String(error)]: 1 }))
  return found
}

/** Everybody still hears what they are told. @returns what became of that. */
async function tellEveryone({ world, readers }: Stage): Promise<string[]> {
  return Promise.all(
    readers.map(async ({ userId }) => {
      const { deliveries } = await world.settled(await world.tell(userId, 'all is well'))
      return (deliveries as Json[])[0]?.['status'] as string
    }),
  )
}
