import type { Database, Pool, TenantDatabases } from '@tellwire/db'
import type {
  Accepter,
  AddressRules,
  AdminScope,
  BoundedWork,
  Quotas,
  Idempotency,
  Rich,
  Sealer,
  TenantScope,
} from '@tellwire/domain'
import type { FileStore } from '@tellwire/files'
import type { JobBackend, Waker } from '@tellwire/jobs'
import type { DeliveryMetrics, Logger } from '@tellwire/observability'
import type { BotApi } from '@tellwire/telegram'
import type { Capacity } from './capacity.js'
import type { Check } from './diagnostics/check.js'
import type { EventFeed } from './events/event-feed.js'
import type { EventStreams } from './events/event-streams.js'
import type { Listening } from './events/listening.js'
import type { Gates } from './gates.js'
import type { Limiting } from './limits/tenant-quotas.js'
import type { Totals } from './limits/totals.js'
import type { Waits } from './waits.js'
import type { ApiConfig } from './config.js'

/** What the process has, made once in `main.ts`. */
export interface Services {
  config: ApiConfig
  /** Sees all tenants: for admins, for keys and for what belongs to nobody. */
  db: Database
  /** Where tenants' requests run, each with a database of its own. */
  tenants: TenantDatabases
  engine: Pool
  jobs: JobBackend
  waker: Waker
  accepter: Accepter
  boundedWork: BoundedWork
  sealer: Sealer
  telegram: BotApi
  files: FileStore
  log: Logger
  metrics: DeliveryMetrics
}

/** What operations may use besides their scope. */
export interface OperationServices extends Pick<
  Services,
  'engine' | 'accepter' | 'boundedWork' | 'sealer' | 'telegram' | 'files' | 'metrics'
> {
  capacity: Capacity
  addresses: AddressRules
  quotas: Quotas
  totals: Totals
  gates: Gates
  /** Waiting for links to end, and for notifications to be settled. */
  waits: { links: Waits; notifications: Waits; questions: Waits }
  eventFeed: EventFeed
  eventStreams: EventStreams
  listening: Listening
  /** Looks at everything that the installation needs. */
  diagnose: () => Promise<Check[]>
  /** Where this service is reached, without a slash at the end. */
  baseUrl: string
  /** Where Telegram reaches this service; undefined when bots are read by long polling. */
  webhookBaseUrl: string | undefined
}

/** The services that are the same for all requests. They are copied into the scope of each, so none of them is a getter. */
export type LastingServices = Omit<OperationServices, 'baseUrl'>

/** The services that an operation names beside its scope: `TenantScope & Needs<'telegram'>`. */
export type Needs<Names extends keyof OperationServices> = Pick<OperationServices, Names>

/** What work that is kept under an idempotency key needs. */
export type Keeping = { idempotency: Idempotency | undefined } & Needs<'sealer'>

/** How large the body of the request was, in bytes. */
export interface Sized {
  bodyBytes: number
}

/** How a tenant's texts go, where they do not say it themselves. */
export interface Writing {
  richDefault: Rich | undefined
}

/** The scope of a tenant's request, with everything that operations can name. */
export type TenantRequestScope = TenantScope &
  OperationServices &
  Keeping &
  Limiting &
  Sized &
  Writing & {
    /** The key that was sent. */
    key: { id: string; name: string; scopes: string[]; networks: string[]; expiresAt: Date | null }
  }

/** The same for an admin's request. */
export type AdminRequestScope = AdminScope &
  OperationServices &
  Keeping & {
    /** The key that was sent. */
    key: { id: string; scopes: string[]; networks: string[]; expiresAt: Date | null }
  }
