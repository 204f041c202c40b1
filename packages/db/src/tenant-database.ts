import type { Database, Transaction } from './client.js'

/**
 * A database in which there is one tenant: each statement and each transaction says whose it is, so that row-level security
 * shows no row of another, whatever a statement forgets to ask for. It shares the connections of `db`, of which
 * the role has to be subject to the policies.
 */
export function forTenant(db: Database, tenantId: string): Database {
  // For the transaction alone: a connection is anybody's afterwards.
  const sayWhose = (on: Transaction) => on.$executeRaw`SELECT set_config('app.tenant_id', ${tenantId}, true)`
  const transact = <Result>(
    work: (on: Transaction) => Promise<Result>,
    options?: Parameters<Database['$transaction']>[1],
  ): Promise<Result> =>
    db.$transaction(async (on) => {
      await sayWhose(on)
      return work(on)
    }, options)

  const extended = db.$extends({
    client: { $transaction: transact },
    query: {
      async $allOperations({ args, query }) {
        const [, result] = await db.$transaction([sayWhose(db), query(args)])
        return result
      },
    },
  })
  // The same methods; Prisma gives an extended client a type of its own.
  return extended as unknown as Database
}

export class RoleError extends Error {
  override name = 'RoleError'
}

/** @throws {RoleError} where the role of the service itself would see the rows of one tenant at most. */
export async function assertSeesAllTenants(db: Database): Promise<void> {
  const [row] = await db.$queryRaw<{ isBound: boolean }[]>`SELECT row_security_active('tenants') AS "isBound"`
  if (row?.isBound === true) {
    throw new RoleError(
      'The service would see one tenant at most: set DATABASE_ENGINE_URL, as the role tellwire_engine or the owner of the tables.',
    )
  }
}
