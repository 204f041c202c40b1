export { createTestDatabase, type TestDatabase } from './test-database.js'
export { findRedisServer, startRedis, type RedisServer } from './redis-server.js'
export { eventually } from './eventually.js'
export { startProcess, type StartedProcess } from './start-process.js'
