/**
 * `npm run scale [-- --quick] [--only KEYS] [--json FILE]`: what active work costs in a database that holds very much of what
 * is idle, against the same work in an empty one.
 */
import { writeFileSync } from 'node:fs'
import { createLab } from '../lab.js'
import { readOnlyOption, readOptions } from '../options.js'
import { createFigures, note } from './figures.js'
import { measureBroadcast } from './measure-broadcast.js'
import { measureAccept, measureClaims, measureIdle, measureSweep } from './measure-engine.js'
import { measurePresses } from './measure-presses.js'
import { measureReading } from './measure-reading.js'
import { measureRetention } from './measure-retention.js'
import { type Scene, type SceneSizes, setScene } from './scene.js'

const sizes: Record<'quick' | 'full', SceneSizes> = {
  quick: { tenants: 100_000, users: 200_000, days: 400, sent: 300_000, held: 200_000, audience: 100_000 },
  full: { tenants: 100_000, users: 1_000_000, days: 400, sent: 2_000_000, held: 1_000_000, audience: 1_000_000 },
}

/** What is measured, in this order, with the keys of the figures that it sets. */
const measures: { keys: string[]; measure: (scene: Scene) => Promise<void> }[] = [
  { keys: ['sweep_ms'], measure: measureSweep },
  { keys: ['idle_pg_cpu_percent', 'worker_rss_mb'], measure: measureIdle },
  { keys: ['claim_vs_empty_db'], measure: measureClaims },
  { keys: ['accept_vs_empty_db'], measure: measureAccept },
  {
    keys: ['get_notification_vs_empty_db', 'plan_partitions_max', 'list_filtered_ms_p95', 'api_rss_mb'],
    measure: measureReading,
  },
  { keys: ['press_to_event_ms_p95'], measure: measurePresses },
  { keys: ['broadcast_1m_cancel_s', 'broadcast_1m_request_ms_max'], measure: measureBroadcast },
  { keys: ['retention_drop_blocked_ms'], measure: measureRetention },
]

const { values: options } = readOptions('npm run scale -- [--quick] [--only KEY,…] [--json FILE]', {
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, json: { type: 'string' } },
})
const only = readOnlyOption(
  options.only,
  measures.flatMap(({ keys }) => keys),
  'keys',
)

const { figures, set } = createFigures()
const lab = await createLab(options.quick)
const scene = await setScene(lab, sizes[options.quick ? 'quick' : 'full'], set)
note('filled')
for (const { keys, measure } of measures) if (keys.some((key) => only.includes(key))) await measure(scene)
await Promise.all([scene.large, scene.small].map(({ api }) => api.stop()))
await lab.close()
console.log(JSON.stringify(figures, undefined, 2))
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(figures, undefined, 2)}\n`)
const missed = Object.entries(figures).flatMap(([key, { ok }]) => (ok ? [] : key))
if (missed.length > 0) console.error(`Missed: ${missed.join(', ')}`)
process.exit(missed.length > 0 ? 1 : 0)
