import { orEnd, orExit } from '@tellwire/config'
import { ensureRoles, migrate, orUnusable, UnusableDatabaseError } from '@tellwire/db'
import { migrateJobs } from '@tellwire/jobs'
import { createLogger } from '@tellwire/observability'
import { readMigrateConfig } from './config.js'
import { migrationsFolder } from './folders.js'

// Run once at deployment, as the owner of the tables, before any service starts. With the passwords of the two roles it
// makes them, or renews their passwords and rights.
const {
  DATABASE_URL,
  // Past a pooler: migrations hold a lock for as long as they run.
  DATABASE_DIRECT_URL: url = DATABASE_URL,
  DATABASE_APP_PASSWORD: app,
  DATABASE_ENGINE_PASSWORD: engine,
} = orExit(() => readMigrateConfig(process.env))
const log = createLogger('migrate', 'info')

const applied = await orEnd(orUnusable(migrate(url, migrationsFolder)), UnusableDatabaseError)
await migrateJobs(url)
// New tables need rights, whoever has made the roles.
await ensureRoles(url, app !== undefined && engine !== undefined ? { app, engine } : undefined)
log.info({ applied }, 'the database is up to date')
