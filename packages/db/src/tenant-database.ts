import { AsyncLocalStorage } from 'node:async_hooks'
import { PrismaPg } from '@prisma/adapter-pg'
import pg from 'pg'
import { type Database, type DatabaseOptions, makeClient, poolSettings } from './client.js'
import { openPool } from './open-pool.js'
import { orUnusable, UnusableDatabaseError } from './unusable.js'

/** Connections of the role that row-level security shows one tenant's rows at a time. */
export interface TenantDatabases {
  /**
   * A database in which there is one tenant: each statement and each transaction says whose it is, so that no row of another
   * is seen, whatever a statement forgets to ask for.
   */
  forTenant(tenantId: string): Database
  /** Whether row-level security holds for the role: the owner's, a superuser's and the service's see everything. */
  isBound(): Promise<boolean>
  disconnect(): Promise<void>
}

/** Whose the statements are that Prisma is asked for. It reaches the connections, which Prisma chooses. */
const asked = new AsyncLocalStorage<string>()

/** Databases of tenants that are kept: to make one costs more than most of what it is asked for. */
const keptMax = 1_000

export function connectForTenants(options: DatabaseOptions): TenantDatabases {
  const db = makeClient(new TenantAdapter(createTenantPool(options), { disposeExternalPool: true }))
  const kept = new Map<string, Database>()
  return {
    forTenant(tenantId) {
      const known = kept.get(tenantId) ?? openFor(db, tenantId)
      // Whoever was not asked for for the longest time goes first.
      kept.delete(tenantId)
      kept.set(tenantId, known)
      for (const oldest of kept.keys()) {
        if (kept.size <= keptMax) break
        kept.delete(oldest)
      }
      return known
    },
    isBound: () => isBound(db),
    disconnect: () => db.$disconnect(),
  }
}

function openFor(db: Database, tenantId: string): Database {
  const $transaction = ((...args: Parameters<Database['$transaction']>) =>
    asked.run(tenantId, () => db.$transaction(...args))) as Database['$transaction']
  const extended = db.$extends({
    client: { $transaction },
    query: {
      // What Prisma promises it does when it is waited for.
      $allOperations: ({ model, operation, args, query }) =>
        asked.run(tenantId, async () => {
          const alone = onItsOwn[operation as keyof typeof onItsOwn]
          if (model === undefined || alone === undefined) return query(args)
          const delegate = Reflect.get(db, model[0]?.toLowerCase() + model.slice(1)) as Finder
          return delegate[alone]({ ...args, where: toConditions(args.where) })
        }),
    },
  })
  // The same methods; Prisma gives an extended client a type of its own.
  return extended as unknown as Database
}

/** Prisma makes one statement of look-ups by key that are asked for at one moment, whoever asks; these stay on their own. */
const onItsOwn = { findUnique: 'findFirst', findUniqueOrThrow: 'findFirstOrThrow' } as const

type Finder = Record<(typeof onItsOwn)[keyof typeof onItsOwn], (args: object) => Promise<unknown>>

/** Of a key of several columns, which Prisma names after them with `_` between, its columns. */
function toConditions(where: object): object {
  return Object.fromEntries(
    Object.entries(where).flatMap(([name, value]: [string, unknown]) =>
      name.includes('_') ? Object.entries(value as object) : [[name, value]],
    ),
  )
}

/** Statements outside of a transaction get one of their own, which is sent together with them: it costs no round trip. */
function createTenantPool(options: DatabaseOptions): pg.Pool {
  const pool = openPool({ ...poolSettings(options), pipeline: true })
  const queryAsNobody = pool.query.bind(pool)
  // Prisma gives it one argument, and waits.
  pool.query = ((config: pg.QueryConfig) => {
    const tenantId = asked.getStore()
    return tenantId === undefined ? queryAsNobody(config) : queryAs(pool, tenantId, config)
  }) as pg.Pool['query']
  return pool
}

async function queryAs(pool: pg.Pool, tenantId: string, config: pg.QueryConfig): Promise<pg.QueryResult> {
  const client = await pool.connect()
  let lost: Error | undefined
  const onError = (error: Error): void => void (lost = error)
  client.once('error', onError)
  const [began, answered, committed] = await Promise.allSettled([
    client.query(`BEGIN; SET LOCAL app.tenant_id = ${pg.escapeLiteral(tenantId)}`),
    client.query(config),
    client.query('COMMIT'),
  ])
  client.removeListener('error', onError)
  client.release(lost ?? began.status === 'rejected')
  if (began.status === 'rejected') throw began.reason
  if (answered.status === 'rejected') throw answered.reason
  if (committed.status === 'rejected') throw committed.reason
  return answered.value
}

class TenantAdapter extends PrismaPg {
  override async connect(): ReturnType<PrismaPg['connect']> {
    const adapter = await super.connect()
    const start = adapter.startTransaction.bind(adapter)
    adapter.startTransaction = async (isolation) => {
      const transaction = await start(isolation)
      const tenantId = asked.getStore()
      if (tenantId === undefined) return transaction
      try {
        // For the transaction alone: a connection is anybody's afterwards.
        await transaction.executeRaw({
          sql: "SELECT set_config('app.tenant_id', $1, true)",
          args: [tenantId],
          argTypes: [{ scalarType: 'string', arity: 'scalar' }],
        })
      } catch (error) {
        await transaction.rollback()
        throw error
      }
      return transaction
    }
    return adapter
  }
}

/**
 * @throws {UnusableDatabaseError} where the role of the service itself would see the rows of one tenant at most, or cannot
 * be asked.
 */
export async function assertSeesAllTenants(db: Database): Promise<void> {
  if (await orUnusable(isBound(db))) {
    throw new UnusableDatabaseError(
      'The service would see one tenant at most: set DATABASE_ENGINE_URL, as the role tellwire_engine or the owner of the tables.',
    )
  }
}

/** @throws {UnusableDatabaseError} where the role that serves tenants would see the rows of all, or cannot be asked. */
export async function assertSeesOneTenant(tenants: TenantDatabases): Promise<void> {
  if (!(await orUnusable(tenants.isBound()))) {
    throw new UnusableDatabaseError(
      'DATABASE_URL leads to a role that sees all tenants: use tellwire_app, which migrate.js makes.',
    )
  }
}

async function isBound(db: Database): Promise<boolean> {
  const [row] = await db.$queryRaw<{ isBound: boolean }[]>`SELECT row_security_active('tenants') AS "isBound"`
  return row?.isBound === true
}
