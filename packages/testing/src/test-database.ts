import { randomBytes } from 'node:crypto'
import { appRole, engineRole } from '@tellwire/db'
import { inject } from 'vitest'
import { createDatabase } from './create-database.js'
// Brings what the run's set-up provides into the types of `inject`.
import type {} from './global-setup.js'

export interface TestDatabase {
  /** Of the owner, who may do everything. */
  ownerUrl: string
  /** Of the role that serves tenants' requests. */
  url: string
  /** Of the role that accepts and delivers. */
  engineUrl: string
}

/** A migrated database of its own, so that what one test file's worker sweeps is not another's. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const passwords = inject('rolePasswords')
  const name = `test_${randomBytes(8).toString('hex')}`
  await createDatabase(`${server}postgres`, name, 'tellwire_template')

  const urlOf = (user?: string, password = ''): string => {
    const url = new URL(`${server}${name}`)
    if (user !== undefined) {
      url.username = user
      url.password = password
    }
    return url.href
  }
  return { ownerUrl: urlOf(), url: urlOf(appRole, passwords.app), engineUrl: urlOf(engineRole, passwords.engine) }
}
