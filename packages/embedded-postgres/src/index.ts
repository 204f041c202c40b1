export { startPostgres, PostgresError, type PostgresServer, type PostgresOptions } from './start-postgres.js'
export { stopOrphan } from './stop-orphan.js'
