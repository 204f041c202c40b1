import { setTimeout as delay } from 'node:timers/promises'
import { nowMs } from '../clock.js'
import type { Place } from '../lab.js'
import { median, quantile } from '../result.js'
import { round } from './figures.js'
import { readRssMb, type Scene, type Stage } from './scene.js'

export async function measureReading({ large, small, set }: Scene): Promise<void> {
  const old = new Date(Date.now() - 200 * 86_400_000).toISOString()
  const medianOf = async (stage: Stage, query: string): Promise<number> => {
    const { body } = await get(stage, `/v1/notifications?limit=100${query}`)
    const times: number[] = []
    for (const { id } of [...(body.data ?? []), ...(body.data ?? [])])
      times.push((await get(stage, `/v1/notifications/${id}`)).ms)
    return median(times.slice(times.length / 2))
  }
  const before = await countLooks(large.place)
  const ours = await medianOf(large, `&before=${old}`)
  const looks = await countLooks(large.place, before)
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
  const list = async (filter: string): Promise<number> => (await get(large, `/v1/notifications?limit=20&${filter}`)).ms
  // What is asked for the first time is compiled, and planned.
  for (const filter of filters) await list(filter)
  for (let turn = 0; turn < 10; turn++) {
    for (const filter of filters) times.push(await list(filter))
  }
  set('list_filtered_ms_p95', { ours: round(quantile(times, 0.95)), unit: 'ms', n: times.length }, { max: 50 })
  set('api_rss_mb', { ours: readRssMb(large.api), unit: 'MB', n: 1 }, { max: 300 })
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

type Looks = Map<string, number>

/** Which partitions were looked into by how many scans; the most of one table that have more than they had. */
async function countLooks(place: Place): Promise<Looks>
async function countLooks(place: Place, before: Looks): Promise<number>
async function countLooks(place: Place, before?: Looks): Promise<Looks | number> {
  // What a connection did is added up when it does the next thing, or after ten seconds.
  await delay(11_000)
  const { rows } = await place.owner.query<{ parent: string; child: string; scans: string }>(`
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
