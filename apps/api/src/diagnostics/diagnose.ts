import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkClock, type Database, describeDatabase } from '@tellwire/db'
import { countFormerlySealed, type Sealer } from '@tellwire/domain'
import type { JobBackend } from '@tellwire/jobs'
import type { ApiConfig } from '../config.js'

/** One thing that was looked at. */
export interface Check {
  name: string
  status: 'ok' | 'warning' | 'error'
  detail: string
  /** An advice to whoever operates it; absent where all is well. */
  advice?: string
}

type Found = Omit<Check, 'name'>

interface Inspected {
  config: ApiConfig
  db: Database
  jobs: JobBackend
  sealer: Sealer
}

const ok = (detail: string): Found => ({ status: 'ok', detail })
const warning = (detail: string, advice: string): Found => ({ status: 'warning', detail, advice })
const error = (detail: string, advice: string): Found => ({ status: 'error', detail, advice })

const migrationsFolder = fileURLToPath(new URL('../../../../prisma/migrations', import.meta.url))
const aheadMaxMs = 1_000
const versionMin = 18
const daysAheadMin = 7
const transactionSecondsMax = 300
const freeMin = 0.1

/** Looks at everything that an installation needs, and says what to do about what is not as it should be. */
export async function diagnose(services: Inspected): Promise<Check[]> {
  const [database, clock, queue, disk, secrets] = await Promise.all([
    inspectDatabase(services),
    inspect('clock', () => inspectClock(services)),
    inspect('queue', () => inspectQueue(services)),
    inspect('disk', () => inspectDisk(services)),
    inspect('secrets', () => inspectSecrets(services)),
  ])
  return [...database, clock, queue, disk, secrets, ...inspectConfig(services)]
}

/** A look that fails is a finding of its own. */
async function inspect(name: string, look: () => Promise<Found>): Promise<Check> {
  try {
    return { name, ...(await look()) }
  } catch (thrown) {
    return { name, ...error(`it could not be looked at: ${String(thrown)}`, 'See the log of the API.') }
  }
}

async function inspectDatabase({ db }: Inspected): Promise<Check[]> {
  const facts = await describeDatabase(db, migrationsFolder).catch((thrown: unknown) => String(thrown))
  if (typeof facts === 'string') {
    return [
      {
        name: 'database',
        ...error(`it could not be looked at: ${facts}`, 'Check DATABASE_URL, and that the migrations ran.'),
      },
    ]
  }
  const { version, missingMigrations: missing, partitionDaysAhead: ahead, strayTables, workers } = facts
  const checks: Record<string, Found> = {
    database_version:
      Number.parseInt(version, 10) >= versionMin
        ? ok(`Postgres ${version}`)
        : error(`Postgres ${version}`, `Use Postgres ${versionMin} or newer.`),
    migrations:
      missing.length === 0
        ? ok('all are applied')
        : error(`not applied: ${missing.join(', ')}`, 'Run node apps/api/dist/migrate.js as the owner of the tables.'),
    partitions: judgePartitions(ahead, strayTables),
    transactions:
      facts.oldestTransactionSeconds <= transactionSecondsMax
        ? ok(`the oldest is open for ${Math.round(facts.oldestTransactionSeconds)} s`)
        : warning(
            `the oldest is open for ${Math.round(facts.oldestTransactionSeconds)} s`,
            'Events are held back as long as it is open: end it (pg_stat_activity tells whose it is).',
          ),
    workers:
      workers > 0 ? ok(`${workers} live`) : error('none lives', 'Start apps/worker: nothing is sent without one.'),
    updates: judgeUpdates(facts),
    webhooks:
      facts.lateWebhooks === 0
        ? ok('none is late')
        : warning(`${facts.lateWebhooks} are late`, 'Start more workers, or see which endpoint is slow.'),
    bots: judgeBots(facts),
    database_size: ok(`${Math.round(facts.sizeBytes / 1_048_576)} MB`),
  }
  return Object.entries(checks).map(([name, found]) => ({ name, ...found }))
}

function judgePartitions(ahead: number | undefined, strayTables: readonly string[]): Found {
  const advice = 'Start a worker, which makes them: see its log if it does.'
  if (ahead === undefined || ahead < daysAheadMin) return error(`there are some for ${ahead ?? 0} days ahead`, advice)
  if (strayTables.length === 0) return ok(`there are some for ${ahead} days ahead`)
  return warning(`rows are outside of them: ${strayTables.join(', ')}`, advice)
}

function judgeUpdates({ lateUpdates, parkedUpdates }: { lateUpdates: number; parkedUpdates: number }): Found {
  if (lateUpdates > 0) return warning(`${lateUpdates} wait for more than a minute`, 'Start more workers.')
  if (parkedUpdates === 0) return ok('none waits for long')
  return warning(`${parkedUpdates} could not be handled`, 'Look at GET /admin/v1/updates, and retry them.')
}

function judgeBots({ failingBots, unauthorizedBots }: { failingBots: number; unauthorizedBots: number }): Found {
  if (unauthorizedBots > 0) {
    return warning(`Telegram does not accept the token of ${unauthorizedBots}`, 'Replace it: PUT /v1/bots/{id}/token.')
  }
  if (failingBots === 0) return ok('Telegram reaches all webhooks')
  return warning(
    `Telegram does not reach the webhook of ${failingBots}`,
    'Check PUBLIC_URL, its certificate and its proxy.',
  )
}

async function inspectClock({ db }: Inspected): Promise<Found> {
  const { aheadMs } = await checkClock(db)
  const detail = `${aheadMs} ms ahead of the database's`
  return Math.abs(aheadMs) <= aheadMaxMs ? ok(detail) : error(detail, "Let both machines' clocks be set by NTP.")
}

async function inspectQueue({ jobs }: Inspected): Promise<Found> {
  if (!(await jobs.ping())) {
    return warning(
      `${jobs.kind} does not answer`,
      'Notifications are still accepted and sent, some seconds later. Start it.',
    )
  }
  if (!jobs.readSettings) return ok('in the database')
  const { maxmemoryPolicy, isPersistent } = await jobs.readSettings()
  if (maxmemoryPolicy !== 'noeviction') {
    return warning(`Redis evicts keys (${maxmemoryPolicy})`, 'Set maxmemory-policy to noeviction.')
  }
  return ok(`Redis, ${isPersistent ? 'kept on disk' : 'in memory alone, which will do'}`)
}

async function inspectDisk({ config }: Inspected): Promise<Found> {
  if (config.FILES_S3_BUCKET !== undefined) return ok('files are in a bucket')
  const { bavail, blocks } = await statfsOf(resolve(config.FILES_DIR))
  const free = bavail / blocks
  const detail = `${Math.round(free * 100)} % of the disk of FILES_DIR is free`
  return free >= freeMin ? ok(detail) : warning(detail, 'Make room: uploads are refused when it is full.')
}

async function inspectSecrets({ db, sealer }: Inspected): Promise<Found> {
  const left = await countFormerlySealed(db, sealer)
  return left === 0
    ? ok('all are sealed with the first key of SECRET_KEY')
    : warning(
        `${left} are sealed with another key than the first of SECRET_KEY`,
        'Run node apps/api/dist/rotate-secrets.js, and keep the other key in SECRET_KEY until then.',
      )
}

/** The folder is made with the first file: until then its disk is that of the folder around it. */
async function statfsOf(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder)
  } catch (thrown) {
    if (dirname(folder) === folder) throw thrown
    return statfsOf(dirname(folder))
  }
}

function inspectConfig({ config }: Inspected): Check[] {
  const url = config.PUBLIC_URL
  return [
    {
      name: 'database_roles',
      ...(config.DATABASE_ENGINE_URL === undefined
        ? warning(
            'one role serves tenants and engine',
            'Set DATABASE_ENGINE_URL, so that a request of a tenant can do less.',
          )
        : ok('two roles')),
    },
    {
      name: 'public_url',
      ...(url === undefined
        ? ok('there is none: bots are read by long polling')
        : url.startsWith('https://')
          ? ok(url)
          : warning(url, 'Telegram takes https alone: use an address that begins with https://.')),
    },
  ]
}
