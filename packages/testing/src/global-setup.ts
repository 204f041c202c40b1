import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ensureRoles, migrate } from '@tellwire/db'
import { startPostgres } from '@tellwire/embedded-postgres'
import { migrateJobs } from '@tellwire/jobs'
import type { TestProject } from 'vitest/node'
import { createDatabase } from './create-database.js'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's connection string of the run's Postgres, without a database. */
    postgresUrl: string
    rolePasswords: { app: string; engine: string }
  }
}

export const templateDatabase = 'tellwire_template'

/** One Postgres for the whole run, with a migrated database that tests copy. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'tellwire-test-'))
  const postgres = await startPostgres({
    dataDir: join(folder, 'postgres'),
    password: randomBytes(12).toString('hex'),
    logFile: join(folder, 'postgres.log'),
    settings: { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' },
  })
  const rolePasswords = { app: randomBytes(12).toString('hex'), engine: randomBytes(12).toString('hex') }

  await createDatabase(postgres.url(), templateDatabase)
  const url = postgres.url(templateDatabase)
  await migrate(url, fileURLToPath(new URL('../../../prisma/migrations', import.meta.url)))
  await migrateJobs(url)
  await ensureRoles(url, rolePasswords)

  project.provide('postgresUrl', postgres.url(''))
  project.provide('rolePasswords', rolePasswords)
  return async () => {
    await postgres.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
