import type { AfterCommit, Database } from '@tellwire/db'
import type { Announcement, JobContract, Waker } from '@tellwire/jobs'
import type { Static, TObject } from 'typebox'

/** Who does something: a key, a person in a chat, or the service itself. */
export interface Actor {
  type: 'api_key' | 'admin_key' | 'person' | 'system'
  /** The key's UUID, the person's Telegram id, or the name of the part of the service. */
  id: string
}

/** Where work writes down what somebody who operates the service should know. */
export interface WorkLog {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** What a piece of work may do, and on whose behalf. Opened in one place for each kind, and handed to operations. */
export interface SystemScope {
  db: Database
  actor: Actor
  waker: Waker
  log: WorkLog
  /** Outside of a transaction an effect runs at once. */
  afterCommit: AfterCommit
}

/** Work for one request of an admin. */
export interface AdminScope extends SystemScope {
  requestId: string
  /** The address that the request came from. */
  address: string
}

/** Work for one request of a tenant. Every row that it reads or writes is the tenant's. */
export interface TenantScope extends AdminScope {
  tenantId: string
  /** The W3C trace context that the request came with. */
  traceparent: string | undefined
}

/** The `afterCommit` of a scope that is in no transaction. */
export const runNow: AfterCommit = (_key, effect) => effect()

/** Tells every process, once what the scope does is committed; the word may get lost. */
export function tellAfterCommit(
  { afterCommit, waker }: Pick<SystemScope, 'afterCommit' | 'waker'>,
  announcement: Announcement,
  key: string,
): void {
  afterCommit(`tell ${announcement.name} ${key}`, () => waker.tell(announcement, key))
}

/** Wakes a worker once what the scope does is committed; once, however often it is asked for. */
export function wakeAfterCommit<Schema extends TObject>(
  { afterCommit, waker }: Pick<SystemScope, 'afterCommit' | 'waker'>,
  contract: JobContract<Schema>,
  payload: Static<Schema>,
): void {
  afterCommit(`wake ${contract.name} ${contract.key(payload)}`, () => waker.wake(contract, payload))
}
