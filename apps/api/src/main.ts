import { setFlagsFromString } from 'node:v8'
import { databaseUrlsOf, endWith, orEnd, orExit } from '@tellwire/config'
import {
  assertSeesAllTenants,
  assertSeesOneTenant,
  connectDatabase,
  connectEngine,
  connectForTenants,
  mendEventOrder,
  UnusableDatabaseError,
} from '@tellwire/db'
import {
  assertSecretKey,
  bootstrap,
  createAccepter,
  createBoundedWork,
  openSealer,
  recordPublicUrl,
  runNow,
  SecretKeyError,
  TimeZoneError,
  watchClock,
} from '@tellwire/domain'
import { openFileStore } from '@tellwire/files'
import { connectJobs, createWaker } from '@tellwire/jobs'
import { announceReady, endWhenHanging, portOf, stopOnSignal } from '@tellwire/lifecycle'
import { createDeliveryMetrics, createLogger, Registry, serveMetrics } from '@tellwire/observability'
import { createBotApi } from '@tellwire/telegram'
import { buildApp } from './app.js'
import { readConfig } from './config.js'

/** A request that nobody expected is no reason to answer nobody else. */
const hangsForMsMax = 8_000

// V8 lets its heap grow to twice what lives in it, and further: of a process that answers thousands of small requests a
// second most of that is garbage. With this it takes 150 MB less, and hardly more CPU.
setFlagsFromString('--heap-growing-percent=30')

const config = orExit(() => readConfig(process.env))
const log = createLogger('api', config.LOG_LEVEL)
const urls = databaseUrlsOf(config)

const db = connectDatabase({
  url: urls.engine,
  applicationName: 'tellwire-api',
  poolMax: 10,
  statementTimeoutMs: 8_000,
})
const tenants = connectForTenants({
  url: urls.tenants,
  applicationName: 'tellwire-api-tenants',
  poolMax: 20,
  statementTimeoutMs: 8_000,
})
const engine = connectEngine({ url: urls.engine, applicationName: 'tellwire-api-engine' })
const onJobError = (error: Error): void => log.warn({ err: error }, 'queue')
const jobs = connectJobs({ redisUrl: config.REDIS_URL, databaseUrl: urls.direct, onError: onJobError })
const waker = createWaker(jobs, onJobError)
const accepter = createAccepter(engine, waker)
const boundedWork = createBoundedWork()
const telegram = createBotApi({ root: config.TELEGRAM_API_ROOT })
const files = await openFileStore(config)
await orEnd(assertSeesAllTenants(db), UnusableDatabaseError)
if (config.DATABASE_ENGINE_URL !== undefined) await orEnd(assertSeesOneTenant(tenants), UnusableDatabaseError)
const sealer = await orEnd(openSealer(db, config.SECRET_KEY), SecretKeyError)
const registry = new Registry()
const metrics = createDeliveryMetrics(registry)
const metricsServer =
  config.API_METRICS_PORT === undefined
    ? undefined
    : await serveMetrics(registry, config.API_METRICS_PORT, config.METRICS_HOST)

const app = await buildApp({
  config,
  log,
  db,
  tenants,
  engine,
  jobs,
  waker,
  accepter,
  boundedWork,
  telegram,
  sealer,
  files,
  metrics,
})

stopOnSignal(log, async () => {
  await app.close()
  await waker.close()
  files.close()
  await metricsServer?.close()
  await Promise.all([jobs.close(), boundedWork.close(), telegram.close(), engine.end()])
  await Promise.all([db.$disconnect(), tenants.disconnect()])
})

await assertSecretKey(db, sealer).catch((error: unknown) => {
  if (error instanceof SecretKeyError) endWith(error.message)
  log.warn({ err: error }, 'the secret key could not be checked')
})
await mendEventOrder(db)
  .then((isRestored) => isRestored && log.warn({}, 'the database was restored from a dump: events have another epoch'))
  .catch((error: unknown) => log.warn({ err: error }, 'the order of events could not be checked'))
await bootstrap(
  { db, waker, log, actor: { type: 'system', id: 'configuration' }, afterCommit: runNow },
  {
    adminKey: config.TELLWIRE_ADMIN_KEY,
    tenant:
      config.TELLWIRE_TENANT_KEY === undefined
        ? undefined
        : { name: config.TELLWIRE_TENANT_NAME, key: config.TELLWIRE_TENANT_KEY },
  },
).catch((error: unknown) => log.error({ err: error }, 'the keys of the configuration could not be made'))
await watchClock(db, log).catch((error: unknown) => {
  if (error instanceof TimeZoneError) endWith(error.message)
  throw error
})
await recordPublicUrl(db, config.PUBLIC_URL?.replace(/\/+$/, '')).catch((error: unknown) =>
  log.warn({ err: error }, 'where this service is reached could not be recorded'),
)
await app.listen({ host: config.HOST, port: config.PORT })
const port = portOf(app.server)
log.info({ port }, 'listening')
announceReady({ port })
endWhenHanging(hangsForMsMax)
