import type { AddressInfo } from 'node:net'
import { createLogger } from '@tellwire/observability'
import { buildSandbox } from './app.js'
import { readConfig } from './config.js'
import { openWorld } from './state/persistence.js'

const answersInTimeMs = 3_000

const config = readConfig(process.env)
const log = createLogger('sandbox', config.LOG_LEVEL)
const { world, flush } = openWorld(config.SANDBOX_DATA_FILE)
const app = await buildSandbox({ world, isCloud: config.SANDBOX_CLOUD_RULES })

const stop = async (): Promise<void> => {
  // What is being answered is answered; long polls and injected silences are cut off.
  const cut = setTimeout(() => app.server.closeAllConnections(), answersInTimeMs)
  await app.close()
  clearTimeout(cut)
  flush()
}
let isStopping = false
const stopOnce = (): void => {
  if (isStopping) return
  isStopping = true
  stop().then(
    () => process.exit(0),
    (error: unknown) => {
      log.error({ err: error }, 'stop failed')
      process.exit(1)
    },
  )
}
process.once('SIGTERM', stopOnce)
process.once('SIGINT', stopOnce)
// A parent that started us with an IPC channel is gone: so are we.
process.once('disconnect', stopOnce)

await app.listen({ host: config.HOST, port: config.PORT })
const { port } = app.server.address() as AddressInfo
log.info({ port }, 'listening')
process.send?.({ type: 'ready', port })
