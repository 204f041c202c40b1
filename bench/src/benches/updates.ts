import { connectJobs, createWaker, HandleUpdates } from '@tellwire/jobs'
import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Inbox } from '../contenders/grammy-poller.js'
import type { Lab, Place } from '../lab.js'
import { compare, type Report } from '../result.js'
import { type SeededBot, seedBots, seedTenants, seedUsers } from '../seed.js'

const botCount = 200
const count = 12_000
const chatsOfBot = 20
/** One in so many is somebody whose name has changed: it is written down. */
const changedEvery = 20

/** Many bots hear something at once. Ours handles it; the peer, grammY's own loop, stores it and no more. */
export async function benchUpdates(lab: Lab, report: Report): Promise<void> {
  const rounds = lab.isQuick ? 1 : 3
  const ours: number[] = []
  const peer: number[] = []
  for (let round = 0; round < rounds; round++) {
    const place = await lab.createPlace()
    const [tenant] = await seedTenants(place, 1)
    if (!tenant) throw new Error('no tenant')
    const bots = await seedBots(place, [tenant], { count: botCount, rate: 30 })
    await seedUsers(place, tenant, bots, { count: botCount * chatsOfBot })
    await place.owner.query("UPDATE chats SET title = 'Ada'")
    ours.push(await runOurs(lab, place, bots))
    peer.push(await runPeer(lab, place, bots))
    await place.close()
  }
  report.set('updates_per_s', compare(ours, peer, { unit: 'updates/s', n: count, goal: '>= 1' }))
}

/** The chats of a bot are those of `seedUsers`, in turn. */
function sayTo(botIndex: number, number: number): object {
  const n = (number % chatsOfBot) * botCount + botIndex || chatsOfBot * botCount
  const isChanged = number % changedEvery === changedEvery - 1
  const person = { id: n, first_name: isChanged ? `Ada ${number}` : 'Ada' }
  return {
    update_id: number + 1,
    message: {
      message_id: number + 1,
      date: 1_800_000_000 + number,
      chat: { ...person, type: 'private' },
      from: { ...person, is_bot: false },
      text: `thanks ${number}`,
    },
  }
}

function fillInboxes(bots: readonly SeededBot[], each: number): Inbox[] {
  return bots.map(({ token }, botIndex) => ({
    token,
    updates: Array.from({ length: each }, (_, number) => sayTo(botIndex, number)),
  }))
}

async function runOurs(lab: Lab, place: Place, bots: readonly SeededBot[]): Promise<number> {
  const inboxes = fillInboxes(bots, count / botCount)
  const rows = bots.flatMap(({ id }, index) => (inboxes[index]?.updates ?? []).map((update) => ({ id, update })))
  const worker = await lab.startWorker(place)
  await place.owner.query(
    `INSERT INTO updates (bot_id, update_id, chat_id, kind, payload)
     SELECT bot_id, (payload ->> 'update_id')::bigint, (payload -> 'message' -> 'chat' ->> 'id')::bigint, 'message', payload
     FROM unnest($1::uuid[], $2::jsonb[]) AS u (bot_id, payload)`,
    [rows.map(({ id }) => id), rows.map(({ update }) => JSON.stringify(update))],
  )
  const jobs = connectJobs({ redisUrl: place.env['REDIS_URL'], databaseUrl: place.engineUrl, onError: () => undefined })
  const waker = createWaker(jobs, (error) => console.error(error.message))
  while (!(await jobs.ping())) await delay(10)
  const beganMs = nowMs()
  for (const { id: botId } of bots) waker.wake(HandleUpdates, { botId })
  while (await hasUpdates(place)) await delay(10)
  const seconds = (nowMs() - beganMs) / 1_000
  await waker.close()
  await jobs.close()
  await worker.stop()
  return count / seconds
}

async function hasUpdates(place: Place): Promise<boolean> {
  const { rows } = await place.owner.query<{ has: boolean }>('SELECT EXISTS (SELECT FROM updates) AS has')
  return rows[0]?.has === true
}

async function runPeer(lab: Lab, place: Place, bots: readonly SeededBot[]): Promise<number> {
  const poller = await lab.startContender('grammy-poller', place, { OWNER_URL: place.ownerUrl })
  const done = new Promise<{ ms: number }>((resolve) => poller.child.once('message', resolve))
  poller.child.send({ inboxes: fillInboxes(bots, count / botCount) })
  const { ms } = await done
  await poller.stop()
  return count / (ms / 1_000)
}
