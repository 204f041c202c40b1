import type { Database, Pool } from '@tellwire/db'
import type { Sealer } from '@tellwire/domain'
import type { FileStore } from '@tellwire/files'
import type { JobBackend, Waker } from '@tellwire/jobs'
import type { Logger } from '@tellwire/observability'
import type { BotApi } from '@tellwire/telegram'
import type { Capacity } from './capacity.js'
import type { ApiConfig } from './config.js'
import type { Accepter } from './features/notifications/accepter.js'

/** What the process has, made once in `main.ts`. */
export interface Services {
  config: ApiConfig
  db: Database
  engine: Pool
  jobs: JobBackend
  waker: Waker
  accepter: Accepter
  sealer: Sealer
  telegram: BotApi
  files: FileStore
  log: Logger
}

/** What an operation for one tenant's request gets. */
export interface TenantContext extends Omit<Services, 'jobs' | 'config'> {
  capacity: Capacity
  tenantId: string
  requestId: string
  traceparent: string | undefined
  /** Where this service is reached, without a slash at the end. */
  baseUrl: string
  /** Where Telegram reaches this service; undefined when bots are read by long polling. */
  webhookBaseUrl: string | undefined
}

/** The same inside a transaction. */
export type InTransaction<Context extends { db: Database }> = Omit<Context, 'db'> & {
  db: Parameters<Parameters<Database['$transaction']>[0]>[0]
}
