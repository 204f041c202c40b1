import { fileURLToPath } from 'node:url'
import { orExit, parseEnv } from '@tellwire/config'
import { migrate } from '@tellwire/db'
import { migrateJobs } from '@tellwire/jobs'
import { createLogger } from '@tellwire/observability'
import Type from 'typebox'

// Run once at deployment, as the owner of the tables, before any service starts.
const { DATABASE_URL: url } = orExit(() => parseEnv(Type.Object({ DATABASE_URL: Type.String() }), process.env))
const log = createLogger('migrate', 'info')

const applied = await migrate(url, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)))
await migrateJobs(url)
log.info({ applied }, 'the database is up to date')
