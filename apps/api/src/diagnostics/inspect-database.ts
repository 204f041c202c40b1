import { type Database, type DatabaseFacts, describeDatabase } from '@tellwire/db'
import { migrationsFolder } from '../folders.js'
import { type Check, error, type Found, ok, warning } from './check.js'

const versionMin = 18
const daysAheadMin = 7
const transactionSecondsMax = 300
const waitingSecondsMax = 300

/** Looks at the database, and at what waits in it. */
export async function inspectDatabase(db: Database): Promise<Check[]> {
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
    database_settings: judgeSettings(facts.settings),
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
    deliveries: judgeWaiting(facts),
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

/** Whether Postgres keeps what it was given: an accepted notification is on a disk, and stays readable. */
function judgeSettings({ fsync, full_page_writes: pages, synchronous_commit: commit, autovacuum }: Settings): Found {
  const isLost = [fsync === 'off' ? 'fsync' : [], pages === 'off' ? 'full_page_writes' : []].flat()
  if (isLost.length > 0) {
    return error(`off: ${isLost.join(', ')}`, 'Turn it on: a crash of the machine would destroy the database.')
  }
  if (commit === 'off') {
    return warning('synchronous_commit is off', 'Turn it on: a crash may lose what was accepted a moment before.')
  }
  if (autovacuum === 'off') return warning('autovacuum is off', 'Turn it on: queues become slow within hours.')
  return ok('what is accepted is on disk')
}

type Settings = DatabaseFacts['settings']

function judgeWaiting({ waiting, oldestWaitingSeconds: seconds }: DatabaseFacts): Found {
  const detail = waiting === 0 ? 'none waits' : `${waiting} wait, the oldest for ${Math.round(seconds)} s`
  if (seconds <= waitingSecondsMax) return ok(detail)
  return warning(detail, 'GET /admin/v1/lanes tells in which lanes, and why: a pause, a parked bot, or a low rate.')
}
