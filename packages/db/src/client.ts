import { PrismaPg } from '@prisma/adapter-pg'
import type pg from 'pg'
import { type Prisma, PrismaClient } from './generated/client.js'
import { openPool } from './open-pool.js'

export type Database = PrismaClient
/** What an operation inside a transaction may use. A `Database` is one too. */
export type Transaction = Prisma.TransactionClient

export interface DatabaseOptions {
  url: string
  /** Most connections at a time. */
  poolMax?: number
  applicationName?: string
  /** How long the server works on one statement, in milliseconds. */
  statementTimeoutMs?: number
  /** How long an answer is waited for, in milliseconds; for the engine's pools. */
  queryTimeoutMs?: number
}

const plannerDefaults = ['enable_seqscan=on', 'enable_bitmapscan=on', 'plan_cache_mode=auto', 'lock_timeout=0']

export function connectDatabase(options: DatabaseOptions): Database {
  return makeClient(new PrismaPg(openPool(poolSettings(options)), { disposeExternalPool: true }))
}

export function makeClient(adapter: PrismaPg): Database {
  return new PrismaClient({ adapter, transactionOptions: { maxWait: 5_000, timeout: 15_000 } })
}

export function poolSettings(options: DatabaseOptions): pg.PoolConfig {
  return {
    connectionString: options.url,
    max: options.poolMax ?? 10,
    application_name: options.applicationName ?? 'tellwire',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    query_timeout: 30_000,
    idle_in_transaction_session_timeout: 30_000,
    options: [
      // Prisma reads and writes times without their zone.
      '-c TimeZone=UTC',
      `-c statement_timeout=${options.statementTimeoutMs ?? 30_000}`,
      // The engine's role has settings that suit the statements of its pools.
      ...plannerDefaults.map((setting) => `-c ${setting}`),
    ].join(' '),
  }
}

/** The planner's settings of the engine's connections: see `connectEngine`. */
export const engineSettings = [
  ['timezone', 'UTC'],
  ['enable_seqscan', 'off'],
  ['enable_bitmapscan', 'off'],
  ['jit', 'off'],
  ['plan_cache_mode', 'force_generic_plan'],
  ['lock_timeout', '5s'],
  ['statement_timeout', '15s'],
] as const

/**
 * The pool of the statements that work on many tenants' rows at once: accept, claim, settle, sweep.
 * Statements prepared while a table was empty would keep a sequential scan for the life of their
 * connection, so the planner is kept from choosing one; and from collecting rows in a bitmap, which has
 * to be sorted where only the first row of an index is wanted. The statements are written to run well with
 * one plan for all values, which saves planning them again and again.
 */
export function connectEngine(options: DatabaseOptions): pg.Pool {
  return openPool({
    connectionString: options.url,
    max: options.poolMax ?? 10,
    application_name: options.applicationName ?? 'tellwire-engine',
    connectionTimeoutMillis: 5_000,
    // A host that vanishes without a word must not hold a turn, or its lane, for ever.
    keepAlive: true,
    query_timeout: options.queryTimeoutMs ?? 15_000,
    idle_in_transaction_session_timeout: 30_000,
    options: engineSettings.map(([name, value]) => `-c ${name}=${value}`).join(' '),
  })
}

/**
 * Asks for something that follows the commit: a wake-up, an announcement, an answer to a button. Of several effects
 * with one key the last one runs. An effect never throws.
 */
export type AfterCommit = (key: string, effect: () => void) => void

/** The scope of work, when it runs inside a transaction. */
export type InTransaction<Scope extends { db: Transaction }> = Omit<Scope, 'db'> & { db: Transaction }

/**
 * Runs `work` in one transaction, with a scope whose `db` is that transaction, and afterwards the effects that it
 * asked for: once, and none where the transaction was rolled back.
 * Name the inner scope like the outer one, so that the outer connection cannot be used by mistake.
 */
export async function inTransaction<Scope extends { db: Database; afterCommit: AfterCommit }, Result>(
  scope: Scope,
  work: (scope: InTransaction<Scope>) => Promise<Result>,
): Promise<Result> {
  const effects = new Map<string, () => void>()
  const afterCommit: AfterCommit = (key, effect) => void effects.set(key, effect)
  const result = await scope.db.$transaction((db) => work({ ...scope, db, afterCommit }))
  for (const [key, effect] of effects) scope.afterCommit(key, effect)
  return result
}
