import { databaseUrlsOf, endWith, orEnd, orExit } from '@tellwire/config'
import {
  assertSeesAllTenants,
  connectDatabase,
  connectEngine,
  mendEventOrder,
  strikeDeliveries,
  UnusableDatabaseError,
} from '@tellwire/db'
import {
  assertSecretKey,
  createAddressRules,
  createBoundedWork,
  openSealer,
  makeCallbackData,
  SecretKeyError,
  TimeZoneError,
  watchClock,
} from '@tellwire/domain'
import { openFileStore } from '@tellwire/files'
import { connectJobs, createWaker } from '@tellwire/jobs'
import { announceReady, endWhenHanging, stopOnSignal } from '@tellwire/lifecycle'
import { createLogger, serveMetrics } from '@tellwire/observability'
import { createBotApi } from '@tellwire/telegram'
import { readConfig } from './config.js'
import { createPreparer } from './compose/prepare.js'
import { createRichSupport } from './lane/rich-support.js'
import { createTenantNames } from './compose/tenant-names.js'
import { createTemplateVersions } from './compose/template-versions.js'
import { createCallSlots } from './lane/call-slots.js'
import { createBotTokens } from './lane/bot-tokens.js'
import { createBroadcastTurns } from './jobs/broadcast-turns.js'
import { createBeginner } from './lane/beginner.js'
import { createClaimer } from './lane/claimer.js'
import { createLanes } from './lane/lanes.js'
import { createLeases } from './lane/leases.js'
import { createSuspects } from './lane/suspects.js'
import { createTrials } from './lane/trials.js'
import { createSettler } from './lane/settler.js'
import { createWorkerMetrics } from './metrics.js'
import { createGuardedAgent } from './webhooks/guarded-agent.js'
import { startWorker } from './worker.js'

/** A message that nobody expected is no reason to stand still: the lease of a lane ends after four seconds. */
const hangsForMsMax = 4_000

const config = orExit(() => readConfig(process.env))
const log = createLogger('worker', config.LOG_LEVEL)
const urls = databaseUrlsOf(config)

const db = connectDatabase({ url: urls.engine, applicationName: 'tellwire-worker' })
const engine = connectEngine({ url: urls.engine, poolMax: 10, applicationName: 'tellwire-worker-engine' })
// Few and of their own: claims side by side take each other's cores, and nothing else is to wait behind them.
const claiming = connectEngine({ url: urls.engine, poolMax: 2, applicationName: 'tellwire-worker-claiming' })
// Of its own too: a lease that is renewed too late is lost.
const leasing = connectEngine({
  url: urls.engine,
  poolMax: 3,
  applicationName: 'tellwire-worker-leasing',
  // Nothing of it waits for a lock; a connection that went silent must not outlast the leases.
  queryTimeoutMs: 1_500,
})
// Of its own, so that what has been sent is never recorded behind claims that wait for a connection.
const settling = connectEngine({ url: urls.engine, poolMax: 3, applicationName: 'tellwire-worker-settling' })
const onJobError = (error: Error): void => log.warn({ err: error }, 'queue')
const jobs = connectJobs({ redisUrl: config.REDIS_URL, databaseUrl: urls.direct, onError: onJobError })
const waker = createWaker(jobs, onJobError)
const telegram = createBotApi({
  root: config.TELEGRAM_API_ROOT,
  timeoutMs: config.TELEGRAM_TIMEOUT_SECONDS * 1_000,
  connectionsMax: config.TELEGRAM_CONNECTIONS,
})

await orEnd(assertSeesAllTenants(db), UnusableDatabaseError)
const sealer = await orEnd(openSealer(db, config.SECRET_KEY), SecretKeyError)
const leases = createLeases({ leasing, log })
const boundedWork = createBoundedWork()
const trials = createTrials()
const suspects = createSuspects((ids) => strikeDeliveries(settling, ids))
const metrics = createWorkerMetrics()
const metricsServer =
  config.METRICS_PORT === undefined
    ? undefined
    : await serveMetrics(metrics.registry, config.METRICS_PORT, config.METRICS_HOST)
const files = await openFileStore(config)
const addressRules = createAddressRules(config.ALLOWED_PRIVATE_HOSTS.split(',').flatMap((host) => host.trim() || []))
const webhookAgent = createGuardedAgent(addressRules)
const pollingApi = createBotApi({ root: config.TELEGRAM_API_ROOT, connectionsMax: 4_096 })

await assertSecretKey(db, sealer).catch((error: unknown) => {
  if (error instanceof SecretKeyError) endWith(error.message)
  log.warn({ err: error }, 'the secret key could not be checked')
})
await mendEventOrder(db)
  .then((isRestored) => isRestored && log.warn({}, 'the database was restored from a dump: events have another epoch'))
  .catch((error: unknown) => log.warn({ err: error }, 'the order of events could not be checked'))
await watchClock(db, log).catch((error: unknown) => {
  if (error instanceof TimeZoneError) endWith(error.message)
  throw error
})

const worker = startWorker({
  db,
  engine,
  jobs,
  waker,
  telegram,
  pollingApi,
  files,
  log,
  sealer,
  tokens: createBotTokens({ db, sealer, log }),
  templateVersions: createTemplateVersions(db),
  tenantNames: createTenantNames(db),
  preparer: createPreparer(boundedWork, (deliveryId, button) => makeCallbackData(sealer, deliveryId, button)),
  lanes: createLanes(),
  leases,
  claimer: createClaimer(claiming),
  beginner: createBeginner(settling),
  settler: createSettler({ engine: settling, log, metrics }, (id) => suspects.leave(id)),
  broadcasts: createBroadcastTurns((error, key) => log.warn({ err: error, ...key }, 'advancing a broadcast failed')),
  suspects,
  trials,
  callSlots: createCallSlots(config.TELEGRAM_CONNECTIONS),
  richSupport: createRichSupport(),
  metrics,
  webhooks: { agent: webhookAgent, rules: addressRules, sealer },
  heartbeatFile: config.HEARTBEAT_FILE,
})

stopOnSignal(log, async () => {
  await worker.stop()
  trials.close()
  leases.close()
  await metricsServer?.close()
  await waker.close()
  files.close()
  await Promise.all([
    jobs.close(),
    telegram.close(),
    pollingApi.close(),
    webhookAgent.close(),
    boundedWork.close(),
    engine.end(),
    claiming.end(),
    leasing.end(),
    settling.end(),
    db.$disconnect(),
  ])
})

log.info('started')
announceReady()
endWhenHanging(hangsForMsMax)
