export { PostgresError } from './postgres-error.js'
export { startPostgres, type PostgresServer, type PostgresOptions } from './start-postgres.js'
export { findFreePort } from './find-free-port.js'
