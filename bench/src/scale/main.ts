/**
 * `npm run scale [-- --quick] [--json FILE]`: what active work costs in a database that holds very much of what is idle,
 * against the same work in an empty one.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import {
  applyRetention,
  connectDatabase,
  expireDeliveries,
  findAwaitingWithConnection,
  findBotsWithUpdates,
  findBroadcastsToEdit,
  findDueBroadcasts,
  findDueLanes,
  releaseDueDeliveries,
} from '@tellwire/db'
import { createSealer, makeCallbackData, webhookSecret } from '@tellwire/domain'
import { runLoad } from '../benches/accept.js'
import { prepareLane, timeClaims } from '../benches/backlog.js'
import { nowMs } from '../clock.js'
import { createLab, type Place } from '../lab.js'
import { type Program, runProgram } from '../program.js'
import { median, quantile } from '../result.js'
import { parkLanes, type SeededBot, type SeededTenant, seedBots, seedTenants, seedUsers, seedWaiting } from '../seed.js'
import { fill, type Sizes } from './fill.js'

const sizes: Record<'quick' | 'full', Sizes & { audience: number }> = {
  quick: { tenants: 100_000, users: 200_000, days: 400, sent: 300_000, held: 200_000, audience: 100_000 },
  full: { tenants: 100_000, users: 1_000_000, days: 400, sent: 2_000_000, held: 1_000_000, audience: 1_000_000 },
}

interface Figure {
  ours: number
  peer?: number
  ratio?: number
  goal: string
  ok: boolean
  unit: string
  n: number
}

/** A database with a tenant that works: the filled one, and an empty one beside it. */
interface Stage {
  place: Place
  tenant: SeededTenant
  bots: SeededBot[]
  api: Program
}

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } },
})
const size = sizes[options.quick ? 'quick' : 'full']
const busyBots = 100
const figures: Record<string, Figure> = {}

const lab = await createLab(options.quick)
const [large, small] = [await setUp(true), await setUp(false)]
note('filled')
await measureSweep()
await measureIdle()
await measureClaims()
await measureAccept()
await measureReading()
await measurePresses()
await measureBroadcast()
await measureRetention()
await Promise.all([large, small].map(({ api }) => api.stop()))
await lab.close()
console.log(JSON.stringify(figures, undefined, 2))
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`)
const missed = Object.entries(figures).flatMap(([key, { ok }]) => (ok ? [] : key))
if (missed.length > 0) console.error(`Missed: ${missed.join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)

function note(what: string): void {
  console.error(`${Math.round(performance.now() / 1_000)} s: ${what}`)
}

function set(key: string, figure: Omit<Figure, 'ok' | 'goal'>, bound: { min?: number; max?: number }): void {
  const { min = -Infinity, max = Infinity } = bound
  const counted = figure.ratio ?? figure.ours
  const goal = bound.max === undefined ? `>= ${min}` : `<= ${max}`
  figures[key] = { ...figure, goal, ok: counted >= min && counted <= max }
  note(`${key} ${JSON.stringify(figures[key])}`)
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000
}

async function setUp(isLarge: boolean): Promise<Stage> {
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1, size.days)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: busyBots, rate: 30 })
  await seedUsers(place, tenant, bots, { count: 1_000, chatBase: 900_000_000 })
  await parkLanes(place, true)
  if (isLarge) {
    await fill(place, size, tenant.id)
    // Nothing has changed since the bots were looked at.
    await place.owner.query("INSERT INTO service_settings (name) VALUES ('public_url')")
    // What was filled in was told to webhooks and summed up long ago.
    await place.owner.query(
      'UPDATE event_cursors SET xid = pg_snapshot_xmin(pg_current_snapshot()), id = uuid_v7_floor(now())',
    )
  }
  await seedWaiting(place, tenant, { count: 2_000 })
  return { place, tenant, bots, api: await lab.startApi(place, { RATE_LIMIT_PER_SECOND: '100000' }) }
}

/** What is too old stays until it is measured how it goes: the duty to remove it is somebody else's. */
async function startLargeWorker(): Promise<Program> {
  await large.place.owner.query(
    `INSERT INTO duties (name, holder, lease_until) VALUES ('retention', uuid_v7(), now() + interval '15 minutes')
     ON CONFLICT (name) DO UPDATE SET lease_until = excluded.lease_until`,
  )
  return lab.startWorker(large.place)
}

/** The statements of one sweep, with something waiting in the lanes of a hundred bots. */
async function measureSweep(): Promise<void> {
  const { engine } = large.place
  const times: number[] = []
  for (let sweep = 0; sweep < 30; sweep++) {
    const beganMs = nowMs()
    await expireDeliveries(engine, 1_000)
    await releaseDueDeliveries(engine, 1_000)
    await findAwaitingWithConnection(engine, { sinceMs: 120_000, countMax: 1_000 })
    await findDueLanes(engine)
    await findBotsWithUpdates(engine)
    await findDueBroadcasts(engine)
    await findBroadcastsToEdit(engine)
    times.push(nowMs() - beganMs)
  }
  // The first ones plan the statements.
  set('sweep_ms', { ours: round(median(times.slice(10))), unit: 'ms', n: 20 }, { max: 20 })
}

async function measureIdle(): Promise<void> {
  const seconds = options.quick ? 10 : 60
  const readPercent = async (): Promise<number> => {
    const before = await lab.postgresCpuMs()
    await delay(seconds * 1_000)
    return ((await lab.postgresCpuMs()) - before) / (seconds * 10)
  }
  // What Postgres does by itself after so much was written is not the service's.
  const byItself = await readPercent()
  const worker = await startLargeWorker()
  await delay(5_000)
  const percent = (await readPercent()) - byItself
  set('idle_pg_cpu_percent', { ours: round(percent), unit: '% of a core', n: seconds }, { max: 1 })
  set('worker_rss_mb', { ours: readRssMb(worker), unit: 'MB', n: 1 }, { max: 300 })
  await worker.stop()
}

async function measureClaims(): Promise<void> {
  const [bot] = large.bots
  await large.place.owner.query('UPDATE lanes SET parked_reason = NULL WHERE bot_id = $1', [bot?.id])
  const empty = await prepareLane(lab, 20)
  const busy = { place: large.place, botId: bot?.id ?? '', tenantId: large.tenant.id, chatId: undefined }
  const [ours, peer] = [await timeClaims(busy), await timeClaims(empty)]
  await empty.place.close()
  set(
    'claim_vs_empty_db',
    { ours: round(ours), peer: round(peer), ratio: round(ours / peer), unit: 'ms', n: 150 },
    { max: 1.3 },
  )
}

async function measureAccept(): Promise<void> {
  const load = await runProgram(new URL('../load.js', import.meta.url), {})
  const rates = new Map<Stage, number[]>([
    [large, []],
    [small, []],
  ])
  for (let turn = -1; turn < 3; turn++) {
    for (const [stage, measured] of rates) {
      const order = { clients: 64, seconds: turn < 0 ? 1 : 2.5, countMax: 0, users: 1_000, tag: `scale-${turn}` }
      const { accepted, seconds } = await runLoad(load, { ...order, port: stage.api.port, key: stage.tenant.key })
      if (turn >= 0) measured.push(accepted / seconds)
    }
  }
  await load.stop()
  const [ours, peer] = [median(rates.get(large) ?? []), median(rates.get(small) ?? [])]
  set(
    'accept_vs_empty_db',
    { ours: Math.round(ours), peer: Math.round(peer), ratio: round(ours / peer), unit: 'requests/s', n: 3 },
    { min: 0.85 },
  )
}

async function get(stage: Stage, path: string): Promise<{ ms: number; body: { data?: { id: string }[] } }> {
  const beganMs = nowMs()
  const response = await fetch(`http://127.0.0.1:${stage.api.port}${path}`, {
    headers: { authorization: `Bearer ${stage.tenant.key}` },
  })
  const body = (await response.json()) as { data?: { id: string }[] }
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}`)
  return { ms: nowMs() - beganMs, body }
}

async function measureReading(): Promise<void> {
  const old = new Date(Date.now() - 200 * 86_400_000).toISOString()
  const medianOf = async (stage: Stage, query: string): Promise<number> => {
    const { body } = await get(stage, `/v1/notifications?limit=100${query}`)
    const times: number[] = []
    for (const { id } of [...(body.data ?? []), ...(body.data ?? [])])
      times.push((await get(stage, `/v1/notifications/${id}`)).ms)
    return median(times.slice(times.length / 2))
  }
  const before = await countLooks()
  const ours = await medianOf(large, `&before=${old}`)
  const looks = await countLooks(before)
  const peer = await medianOf(small, '')
  set(
    'get_notification_vs_empty_db',
    { ours: round(ours), peer: round(peer), ratio: round(ours / peer), unit: 'ms', n: 100 },
    { max: 1.5 },
  )
  set('plan_partitions_max', { ours: looks, unit: 'partitions of a table', n: 200 }, { max: 3 })

  const times: number[] = []
  const filters = [
    'status=failed',
    'status=sent',
    'reason=recipient_blocked',
    'user_id=u10',
    'status=queued',
    `before=${old}&status=failed`,
  ]
  for (let turn = 0; turn < 10; turn++) {
    for (const filter of filters) times.push((await get(large, `/v1/notifications?limit=20&${filter}`)).ms)
  }
  set('list_filtered_ms_p95', { ours: round(quantile(times, 0.95)), unit: 'ms', n: times.length }, { max: 50 })
  set('api_rss_mb', { ours: readRssMb(large.api), unit: 'MB', n: 1 }, { max: 300 })
}

type Looks = Map<string, number>

/** Which partitions were looked into by how many scans; the most of one table that have more than they had. */
async function countLooks(): Promise<Looks>
async function countLooks(before: Looks): Promise<number>
async function countLooks(before?: Looks): Promise<Looks | number> {
  // Postgres adds up what a connection did when it has been idle for a second.
  await delay(1_500)
  const { rows } = await large.place.owner.query<{ parent: string; child: string; scans: string }>(`
    SELECT i.inhparent::regclass::text AS parent, s.relname AS child, coalesce(s.idx_scan, 0) + s.seq_scan AS scans
    FROM pg_inherits i JOIN pg_stat_user_tables s ON s.relid = i.inhrelid`)
  const now = new Map(rows.map(({ parent, child, scans }) => [`${parent} ${child}`, Number(scans)]))
  if (!before) return now
  const more = [...now].filter(([key, scans]) => scans > (before.get(key) ?? 0)).map(([key]) => key.split(' ')[0] ?? '')
  return Math.max(
    0,
    ...['notifications', 'notification_contents', 'deliveries', 'events'].map(
      (table) => more.filter((parent) => parent === table).length,
    ),
  )
}

/** From Telegram's word of a press to the tenant's event. */
async function measurePresses(): Promise<void> {
  const worker = await startLargeWorker()
  const { place, tenant, bots, api } = large
  const sealer = createSealer(place.secretKey)
  const posted = await fetch(`http://127.0.0.1:${api.port}/v1/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to: { user_id: 'u1' }, text: 'press', buttons: [[{ text: 'Go', action: 'go' }]] }),
  })
  if (!posted.ok) throw new Error(`the notification was not accepted: ${await posted.text()}`)
  const { rows } = await place.owner.query<{ id: string; bot_id: string; chat_id: string }>(
    `SELECT id, bot_id, chat_id FROM deliveries WHERE tenant_id = $1 AND user_id = 'u1' ORDER BY id DESC LIMIT 1`,
    [tenant.id],
  )
  const [delivery] = rows
  const bot = bots.find(({ id }) => id === delivery?.bot_id)
  if (!delivery || !bot) throw new Error('no delivery')
  const data = makeCallbackData(sealer, delivery.id, { index: 0, action: 'go', value: undefined })
  const from = { id: Number(delivery.chat_id), is_bot: false, first_name: 'Ada' }
  const times: number[] = []
  for (let press = 0; press < 30; press++) {
    const update = {
      update_id: 1_000 + press,
      callback_query: { id: String(press), from, chat_instance: '1', data },
    }
    const beganMs = nowMs()
    await fetch(`http://127.0.0.1:${api.port}/telegram/${bot.telegramId}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': webhookSecret(sealer, BigInt(bot.telegramId), 0),
      },
      body: JSON.stringify(update),
    })
    while ((await countPresses(place, tenant.id)) <= press) await delay(2)
    times.push(nowMs() - beganMs)
  }
  await worker.stop()
  set('press_to_event_ms_p95', { ours: round(quantile(times.slice(5), 0.95)), unit: 'ms', n: 25 }, { max: 300 })
}

async function countPresses(place: Place, tenantId: string): Promise<number> {
  const { rows } = await place.owner.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM events
     WHERE tenant_id = $1 AND id > uuid_v7_floor(now() - interval '10 minutes') AND type = 'button.pressed'`,
    [tenantId],
  )
  return rows[0]?.count ?? 0
}

/** A broadcast to very many is cancelled while it waits in its lane. */
async function measureBroadcast(): Promise<void> {
  const { place, api } = large
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const bots = await seedBots(place, [tenant], { count: 1, rate: 30 })
  await seedUsers(place, tenant, bots, { count: size.audience, chatBase: 800_000_000 })
  await place.owner.query("UPDATE lanes SET parked_reason = 'bench' WHERE bot_id = $1", [bots[0]?.id])
  const worker = await startLargeWorker()
  const call = async (
    method: string,
    path: string,
    body?: object,
  ): Promise<{ ms: number; body: Record<string, unknown> }> => {
    const beganMs = nowMs()
    const response = await fetch(`http://127.0.0.1:${api.port}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${tenant.key}`,
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { ms: nowMs() - beganMs, body: (await response.json()) as Record<string, unknown> }
  }
  const { body } = await call('POST', '/v1/notifications', { to: { everyone: true }, text: 'to all' })
  const path = `/v1/notifications/${String(body['id'])}`
  const progressOf = async (): Promise<{ ms: number; expected: number | null; status: unknown }> => {
    const answer = await call('GET', path)
    const progress = answer.body['progress'] as { expected: number | null }
    return { ms: answer.ms, expected: progress.expected, status: answer.body['status'] }
  }
  while ((await progressOf()).expected === null) await delay(200)
  const beganMs = nowMs()
  const cancel = await call('POST', `${path}/cancel`)
  let longest = cancel.ms
  for (;;) {
    const { ms, status } = await progressOf()
    longest = Math.max(longest, ms)
    if (status === 'settled') break
    await delay(100)
  }
  const seconds = (nowMs() - beganMs) / 1_000
  await worker.stop()
  set('broadcast_1m_cancel_s', { ours: round(seconds), unit: 's', n: size.audience }, { max: 60 })
  set('broadcast_1m_request_ms_max', { ours: Math.round(longest), unit: 'ms', n: size.audience }, { max: 1_000 })
}

/** What is too old is dropped, while notifications are accepted. */
async function measureRetention(): Promise<void> {
  const { place, tenant, api } = large
  const accept = async (): Promise<number> => {
    const beganMs = nowMs()
    const response = await fetch(`http://127.0.0.1:${api.port}/v1/notifications`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { user_id: 'u1' }, text: 'while partitions go' }),
    })
    await response.arrayBuffer()
    if (!response.ok) throw new Error(`a notification was answered with ${response.status}`)
    return nowMs() - beganMs
  }
  const db = connectDatabase({ url: place.engineUrl, poolMax: 2 })
  let isOver = false
  const dropping = applyRetention(db).finally(() => (isOver = true))
  const times: number[] = []
  while (!isOver) {
    times.push(await accept())
    await delay(2)
  }
  const { dropped } = await dropping
  await db.$disconnect()
  note(`${dropped.length} partitions were dropped`)
  set('retention_drop_blocked_ms', { ours: round(Math.max(...times)), unit: 'ms', n: times.length }, { max: 100 })
}

function readRssMb({ child }: Program): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN) / 1_024)
}
