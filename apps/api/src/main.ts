import type { AddressInfo } from 'node:net'
import { orExit } from '@tellwire/config'
import { connectDatabase, connectEngine } from '@tellwire/db'
import { createSealer } from '@tellwire/domain'
import { openFileStore } from '@tellwire/files'
import { connectJobs, createWaker } from '@tellwire/jobs'
import { announceReady, stopOnSignal } from '@tellwire/lifecycle'
import { createLogger } from '@tellwire/observability'
import { createBotApi } from '@tellwire/telegram'
import { buildApp } from './app.js'
import { readConfig } from './config.js'
import { createAccepter } from './features/notifications/accepter.js'

const config = orExit(() => readConfig(process.env))
const log = createLogger('api', config.LOG_LEVEL)
const engineUrl = config.DATABASE_ENGINE_URL ?? config.DATABASE_URL

const db = connectDatabase({ url: config.DATABASE_URL, applicationName: 'tellwire-api' })
const engine = connectEngine({ url: engineUrl, applicationName: 'tellwire-api-engine' })
const onJobError = (error: Error): void => log.warn({ err: error }, 'queue')
const jobs = connectJobs({ redisUrl: config.REDIS_URL, databaseUrl: engineUrl, onError: onJobError })
const waker = createWaker(jobs, onJobError)
const accepter = createAccepter(engine, waker)
const telegram = createBotApi({ root: config.TELEGRAM_API_ROOT })
const files = await openFileStore(config)
const sealer = createSealer(config.SECRET_KEY)

const app = await buildApp({ config, log, db, engine, jobs, waker, accepter, telegram, sealer, files })

stopOnSignal(log, async () => {
  await app.close()
  await waker.close()
  files.close()
  await Promise.all([jobs.close(), telegram.close(), engine.end(), db.$disconnect()])
})

await app.listen({ host: config.HOST, port: config.PORT })
const { port } = app.server.address() as AddressInfo
log.info({ port }, 'listening')
announceReady({ port })
