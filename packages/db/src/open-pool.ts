import pg from 'pg'

/**
 * Opens a pool whose connections may get lost at any moment. A query that fails says so to its caller, and the pool opens another
 * connection when one is asked for. But a connection says so as well, to whoever listens, and the process ends where nobody does:
 * the pool listens while nobody has the connection, and not before whoever takes it can. The end may come with the very
 * answer that it is there.
 */
export function openPool(settings: pg.PoolConfig): pg.Pool {
  const pool = new pg.Pool(settings)
  pool.on('error', () => undefined)
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
