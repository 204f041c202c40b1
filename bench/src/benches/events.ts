import { setTimeout as delay } from 'node:timers/promises'
import { createSealer, generateWebhookSecret, sealWebhookSecrets } from '@tellwire/domain'
import { newId } from '@tellwire/db'
import { Pool } from 'undici'
import { nowMs } from '../clock.js'
import type { WebhookPosts } from '../contenders/webhook-peer.js'
import type { Lab, Place } from '../lab.js'
import type { Program } from '../program.js'
import { compare, measure, median, quantile, type Report } from '../result.js'
import { seedTenants } from '../seed.js'

const streamCount = 1_000
const watched = 200
const latencyGoalMs = 100

/** From the commit of an event to its arrival on a stream, while a thousand streams of other tenants are open. */
export async function benchEventLatency(lab: Lab, report: Report): Promise<void> {
  const rounds = lab.isQuick ? 200 : 1_000
  const place = await lab.createPlace()
  const tenants = await seedTenants(place, watched)
  const api = await lab.startApi(place, { CONNECTIONS_PER_ADDRESS: '5000', ADDRESS_RATE_LIMIT_PER_SECOND: '10000' })
  const origin = `http://127.0.0.1:${api.port}`
  const http = new Pool(origin, { connections: streamCount + 10, bodyTimeout: 0 })
  const arrivals = new Map<string, (atMs: number) => void>()
  const ended = new AbortController()
  for (let stream = 0; stream < streamCount; stream++) {
    const tenant = tenants[stream % watched]
    await followStream(http, tenant?.key ?? '', ended.signal, (chunk) => {
      for (const [mark, arrive] of arrivals) if (chunk.includes(mark)) arrive(nowMs())
    })
  }
  const latencies: number[] = []
  for (let round = 0; round < rounds; round++) {
    const mark = `mark-${round}-end`
    const arrived = new Promise<number>((resolve) => arrivals.set(mark, resolve))
    await place.owner.query(
      `INSERT INTO events (tenant_id, type, data) VALUES ($1, 'quota.warning', jsonb_build_object('quota', $2::text, 'limit', 1, 'percent', 80))`,
      [tenants[round % watched]?.id, mark],
    )
    const committedMs = nowMs()
    latencies.push((await arrived) - committedMs)
    arrivals.delete(mark)
    await delay(Math.random() * 40)
  }
  const cpuBeforeMs = await lab.postgresCpuMs()
  await delay(3_000)
  const idleCpuMs = ((await lab.postgresCpuMs()) - cpuBeforeMs) / 3
  ended.abort()
  await http.destroy()
  await api.stop()
  await place.close()
  report.set('event_latency_ms_p95', {
    ...measure(latencies, {
      value: quantile(latencies, 0.95),
      unit: 'ms',
      n: rounds,
      goal: `<= ${latencyGoalMs}`,
      notes: {
        'open streams': streamCount,
        'Postgres, ms of CPU a second while nothing happens': Math.round(idleCpuMs),
      },
    }),
  })
}

/** @returns once the stream is open. */
async function followStream(
  http: Pool,
  key: string,
  signal: AbortSignal,
  onChunk: (chunk: string) => void,
): Promise<void> {
  const { statusCode, body } = await http.request({
    method: 'GET',
    path: '/v1/events/stream?after=now',
    headers: { authorization: `Bearer ${key}` },
    signal,
  })
  if (statusCode !== 200) throw new Error(`a stream was answered ${statusCode}`)
  body.on('error', () => undefined)
  body.on('data', (chunk: Buffer) => onChunk(chunk.toString()))
}

const pageSize = 1_000

/** One reader reads the last events of a tenant over HTTP, behind many that it has read before. */
export async function benchEventsRead(lab: Lab, report: Report): Promise<void> {
  const total = lab.isQuick ? 200_000 : 10_000_000
  const read = 50_000
  const place = await lab.createPlace()
  const [tenant] = await seedTenants(place, 1)
  if (!tenant) throw new Error('no tenant')
  const api = await lab.startApi(place, { RATE_LIMIT_PER_SECOND: '10000', ADDRESS_RATE_LIMIT_PER_SECOND: '10000' })
  const http = new Pool(`http://127.0.0.1:${api.port}`, { connections: 1 })
  await seedEvents(place, tenant.id, total - read)
  const { next_cursor: tail } = await readPage(http, tenant.key, 'now')
  await seedEvents(place, tenant.id, read)
  const speeds: number[] = []
  // What Postgres does by itself after so much was written is not the reader's.
  await place.owner.query('VACUUM (ANALYZE) events')
  await place.owner.query('CHECKPOINT')
  // Before the first that counts, what compiles has done so.
  for (let round = -1; round < 3; round++) {
    let cursor = tail
    let count = 0
    const beganMs = nowMs()
    while (count < read) {
      const page = await readPage(http, tenant.key, cursor)
      if (page.data.length === 0) throw new Error(`only ${count} of ${read} events were read`)
      count += page.data.length
      cursor = page.next_cursor
    }
    if (round >= 0) speeds.push(count / ((nowMs() - beganMs) / 1_000))
  }
  await http.close()
  await api.stop()
  await place.close()
  report.set(
    'events_read_per_s',
    measure(speeds, { unit: 'events/s', n: read, goal: '>= 50000', notes: { 'events in all': total } }),
  )
}

async function seedEvents(place: Place, tenantId: string, count: number): Promise<void> {
  await place.owner.query(
    `INSERT INTO events (tenant_id, type, data)
     SELECT $1, 'notification.sent', jsonb_build_object('notification_id', uuid_v7(), 'delivery_id', uuid_v7())
     FROM generate_series(1, $2::int)`,
    [tenantId, count],
  )
  await place.owner.query('ANALYZE events')
}

async function readPage(http: Pool, key: string, after: string): Promise<{ data: unknown[]; next_cursor: string }> {
  const { body, statusCode } = await http.request({
    method: 'GET',
    path: `/v1/events?limit=${pageSize}&after=${after}`,
    headers: { authorization: `Bearer ${key}` },
  })
  const page = (await body.json()) as { data: unknown[]; next_cursor: string }
  if (statusCode !== 200) throw new Error(`events were answered ${statusCode}: ${JSON.stringify(page)}`)
  return page
}

const endpointCount = 20
const concurrency = 10
const settledAtOnce = 200
/** Sent before the clock runs, so that what compiles and connects has done so. */
const warmUpCount = 2_000

/** Events that have happened go to webhooks; the peer posts a like body as often, and keeps nothing. */
export async function benchWebhooks(lab: Lab, report: Report): Promise<void> {
  const count = lab.isQuick ? 10_000 : 50_000
  const rounds = lab.isQuick ? 1 : 3
  const place = await lab.createPlace()
  const receiver = await lab.startContender('webhook-receiver', place)
  const peer = await lab.startContender('webhook-peer', place)
  const origin = `http://127.0.0.1:${receiver.port}`
  const tenants = await seedTenants(place, endpointCount)
  const sealer = createSealer(place.secretKey)
  for (const { id } of tenants) {
    const endpointId = newId()
    const secret = Buffer.from(sealWebhookSecrets(sealer, { tenantId: id, id: endpointId }, [generateWebhookSecret()]))
    await place.owner.query(
      'INSERT INTO webhook_endpoints (tenant_id, id, url, secret_sealed, concurrency) VALUES ($1, $2, $3, $4, $5)',
      [id, endpointId, `${origin}/`, secret, concurrency],
    )
  }
  const worker = await lab.startWorker(place, { ALLOWED_PRIVATE_HOSTS: '127.0.0.1' })
  const [ours, theirs, nodeMs, postgresMs]: [number[], number[], number[], number[]] = [[], [], [], []]
  const post = (each: number): WebhookPosts => ({ origin, body: 'x'.repeat(420), count: each, concurrency: 64 })
  await timeUntilTaken(receiver, warmUpCount, () => seedEventsOfAll(place, warmUpCount))
  await timeUntilTaken(receiver, warmUpCount, () => peer.child.send(post(warmUpCount)))
  for (let round = 0; round < rounds; round++) {
    // What happens meanwhile waits for it.
    worker.child.kill('SIGSTOP')
    await seedEventsOfAll(place, count)
    const [nodeBefore, postgresBefore] = [worker.cpuMs(), await lab.postgresCpuMs()]
    const seconds = await timeUntilTaken(receiver, count, () => worker.child.kill('SIGCONT'))
    ours.push(count / seconds)
    nodeMs.push((worker.cpuMs() - nodeBefore) / count)
    postgresMs.push(((await lab.postgresCpuMs()) - postgresBefore) / count)
    theirs.push(count / (await timeUntilTaken(receiver, count, () => peer.child.send(post(count)))))
  }
  await Promise.all([worker, receiver, peer].map((program) => program.stop()))
  await place.close()
  report.set(
    'webhooks_per_s',
    compare(ours, theirs, {
      unit: 'requests/s',
      n: count,
      goal: '>= 0.3',
      notes: {
        'Node, ms of CPU each': Math.round(median(nodeMs) * 1_000) / 1_000,
        'Postgres, ms of CPU each': Math.round(median(postgresMs) * 1_000) / 1_000,
      },
    }),
  )
}

/** Some for each tenant, in transactions of so many as a worker settles at a time. */
async function seedEventsOfAll(place: Place, count: number): Promise<void> {
  for (let seeded = 0; seeded < count; seeded += settledAtOnce) {
    await place.owner.query(
      `INSERT INTO events (tenant_id, type, data)
       SELECT t.id, 'notification.sent', jsonb_build_object('notification_id', uuid_v7(), 'delivery_id', uuid_v7())
       FROM tenants t CROSS JOIN generate_series(1, $1::int / (SELECT count(*) FROM tenants))`,
      [settledAtOnce],
    )
  }
}

async function timeUntilTaken(receiver: Program, count: number, begin: () => unknown): Promise<number> {
  const done = new Promise<{ atMs: number }>((resolve) => receiver.child.once('message', resolve))
  receiver.child.send({ until: count })
  await delay(50)
  const beganMs = nowMs()
  await begin()
  return ((await done).atMs - beganMs) / 1_000
}
