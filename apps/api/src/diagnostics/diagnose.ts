import type { StatsFs } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { checkClock, type Database, type TenantDatabases } from '@tellwire/db'
import type { Sealer } from '@tellwire/domain'
import type { JobBackend } from '@tellwire/jobs'
import type { BotApi } from '@tellwire/telegram'
import type { ApiConfig } from '../config.js'
import { type Check, error, type Found, ok, warning } from './check.js'
import { inspectDatabase } from './inspect-database.js'
import { inspectSecrets } from './inspect-secrets.js'
import { inspectTelegram } from './inspect-telegram.js'

interface Inspected {
  config: ApiConfig
  db: Database
  tenants: TenantDatabases
  jobs: JobBackend
  sealer: Sealer
  telegram: BotApi
}

const aheadMaxMs = 1_000
const freeMin = 0.1

/** Looks at everything that an installation needs, and says what to do about what is not as it should be. */
export async function diagnose(services: Inspected): Promise<Check[]> {
  const { config, db, sealer, telegram } = services
  const [database, roles, clock, queue, disk, secrets, atTelegram] = await Promise.all([
    inspectDatabase(db),
    inspect('database_roles', () => inspectRoles(services)),
    inspect('clock', () => inspectClock(services)),
    inspect('queue', () => inspectQueue(services)),
    inspect('disk', () => inspectDisk(services)),
    inspect('secrets', () => inspectSecrets(db, sealer, config)),
    inspectTelegram({ db, sealer, telegram, publicUrl: config.PUBLIC_URL }),
  ])
  return [...database, roles, clock, queue, disk, secrets, ...atTelegram]
}

/** A look that fails is a finding of its own. */
async function inspect(name: string, look: () => Promise<Found>): Promise<Check> {
  try {
    return { name, ...(await look()) }
  } catch (thrown) {
    return { name, ...error(`it could not be looked at: ${String(thrown)}`, 'See the log of the API.') }
  }
}

async function inspectRoles({ config, tenants }: Inspected): Promise<Found> {
  if (config.DATABASE_ENGINE_URL === undefined) {
    return warning(
      'one role serves tenants and engine',
      'Set DATABASE_ENGINE_URL, so that a request of a tenant can do less.',
    )
  }
  if (await tenants.isBound()) return ok('two roles, one of which sees one tenant at a time')
  return error('the role of DATABASE_URL sees all tenants', 'Use tellwire_app there, which migrate.js makes.')
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

/** The folder is made with the first file: until then its disk is that of the folder around it. */
async function statfsOf(folder: string): Promise<StatsFs> {
  try {
    return await statfs(folder)
  } catch (thrown) {
    if (dirname(folder) === folder) throw thrown
    return statfsOf(dirname(folder))
  }
}
