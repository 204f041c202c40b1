/**
 * `npm run bench [-- --quick] [--only KEY,…] [--json FILE]`: ours and its peers, side by side, on private
 * servers in a temporary folder.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { loadavg } from 'node:os'
import { join } from 'node:path'
import { benchAccept } from './benches/accept.js'
import { benchClaimCost, benchMemory, benchRedisBytes } from './benches/backlog.js'
import { benchDrain } from './benches/drain.js'
import { benchEndToEnd } from './benches/end-to-end.js'
import { benchEventLatency, benchEventsRead, benchWebhooks } from './benches/events.js'
import { benchExpand } from './benches/expand.js'
import { benchFairness, benchHighPriority } from './benches/fairness.js'
import { benchFormat } from './benches/format.js'
import { benchLatency } from './benches/latency.js'
import { benchOldSnapshot } from './benches/old-snapshot.js'
import { benchPace, benchUtilisation } from './benches/pacing.js'
import { createLab, type Lab } from './lab.js'
import { median, type Outcome, type Report } from './result.js'
import { benchUpdates } from './benches/updates.js'
import { benchWorkers } from './benches/workers.js'
import { readOnlyOption, readOptions } from './options.js'
import { showReport } from './show-report.js'

interface Bench {
  keys: string[]
  run: (lab: Lab, report: Report) => Promise<unknown>
}

const benches: Bench[] = [
  {
    keys: [
      'accept_vs_prisma_bullmq',
      'accept_vs_pg_insert',
      'accept_vs_noop',
      'accept_vs_bare_fastify',
      'accept_api_ms',
      'accept_p99_vs_pg_insert',
    ],
    run: benchAccept,
  },
  {
    keys: ['drain_vs_bullmq_prisma', 'drain_vs_grammy', 'drain_vs_undici', 'drain_node_ms', 'drain_pg_ms'],
    run: benchDrain,
  },
  { keys: ['latency_vs_prisma_bullmq'], run: benchLatency },
  { keys: ['utilisation'], run: benchUtilisation },
  { keys: ['workers_2_vs_1'], run: benchWorkers },
  { keys: ['fairness_jain', 'small_tenant_p99_vs_solo'], run: benchFairness },
  {
    // Neither needs much of the machine.
    keys: ['max_sliding_second', 'rate_limited', 'high_priority_delay_ms_p99'],
    run: async (lab, report) => {
      lab.telegram.reset()
      lab.telegram.configure({ isLimited: true, isWatched: true, bots: {}, fallback: { rate: 30, latencyMs: 50 } })
      await Promise.all([benchPace(lab, report), benchHighPriority(lab, report)])
      lab.telegram.configure({ isWatched: false })
    },
  },
  { keys: ['claim_cost_1m_vs_1k'], run: benchClaimCost },
  { keys: ['claim_under_old_snapshot'], run: benchOldSnapshot },
  { keys: ['worker_rss_growth_mb'], run: benchMemory },
  { keys: ['redis_bytes_vs_bullmq'], run: benchRedisBytes },
  { keys: ['wal_bytes_per_notification', 'cpu_vs_prisma_bullmq'], run: benchEndToEnd },
  { keys: ['broadcast_expand_per_s'], run: benchExpand },
  { keys: ['updates_per_s'], run: benchUpdates },
  { keys: ['event_latency_ms_p95'], run: benchEventLatency },
  { keys: ['events_read_per_s'], run: benchEventsRead },
  { keys: ['webhooks_per_s'], run: benchWebhooks },
  { keys: ['format_vs_telegramify', 'format_typical_us', 'format_hostile_ms'], run: benchFormat },
]

const { values: options } = readOptions('npm run bench -- [--quick] [--only KEY,…] [--json FILE]', {
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string' },
  },
})
const only = readOnlyOption(
  options.only,
  benches.flatMap(({ keys }) => keys),
  'keys',
)
const startedAtMs = Date.now()
const [loadBefore = 0] = loadavg()

const lab = await createLab(options.quick)
const report = new Map<string, Outcome>()
const meta = {
  mode: options.quick ? 'quick' : 'full',
  versions: await readVersions(lab),
  fsync_us: measureFsyncUs(lab.folder),
  load_before: Math.round(loadBefore * 100) / 100,
  seconds: 0,
}
for (const { keys, run } of benches) {
  if (!keys.some((key) => only.includes(key))) continue
  const beganAtMs = Date.now()
  try {
    await run(lab, report)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    for (const key of keys) if (!report.has(key)) report.set(key, { error: message })
  }
  console.error(`${keys[0]}: ${Math.round((Date.now() - beganAtMs) / 1_000)} s`)
}
await lab.close()
meta.seconds = Math.round((Date.now() - startedAtMs) / 1_000)

console.log(showReport(report, meta))
if (options.json !== undefined)
  writeFileSync(options.json, `${JSON.stringify({ ...Object.fromEntries(report), meta }, undefined, 2)}\n`)
process.exit([...report.values()].some((outcome) => 'error' in outcome) ? 1 : 0)

async function readVersions({ postgres, redis }: Lab): Promise<Record<string, string>> {
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: postgres.url() })
  await client.connect()
  const { rows } = await client.query<{ server_version: string }>('SHOW server_version')
  await client.end()
  const packageVersion = (name: string): string =>
    (
      JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')) as {
        version: string
      }
    ).version
  return {
    node: process.version,
    postgres: rows[0]?.server_version ?? '',
    redis: /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '',
    ...Object.fromEntries(
      ['bullmq', 'grammy', 'pg-boss', 'telegramify-markdown', 'undici'].map((name) => [name, packageVersion(name)]),
    ),
  }
}

/** The median of what it costs to have 8 KiB on the disk for sure. */
function measureFsyncUs(folder: string): number {
  const file = openSync(join(folder, 'fsync'), 'w')
  const times = Array.from({ length: 50 }, () => {
    writeSync(file, Buffer.alloc(8_192))
    const began = process.hrtime.bigint()
    fsyncSync(file)
    return Number(process.hrtime.bigint() - began) / 1_000
  })
  closeSync(file)
  return Math.round(median(times))
}
