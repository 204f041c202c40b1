import { orExit } from '@tellwire/config'
import { announceReady, portOf, stopOnSignal } from '@tellwire/lifecycle'
import { createLogger } from '@tellwire/observability'
import { buildSandbox } from './app.js'
import { readConfig } from './config.js'
import { openWorld } from './state/persistence.js'

const answersInTimeMs = 3_000

const config = orExit(() => readConfig(process.env))
const log = createLogger('sandbox', config.LOG_LEVEL)
const persistence = openWorld(config.SANDBOX_DATA_FILE)
const { world } = persistence
const app = await buildSandbox({ world, isCloud: config.SANDBOX_CLOUD_RULES })

stopOnSignal(log, async () => {
  // What is being answered is answered; long polls and injected silences are cut off.
  const cut = setTimeout(() => app.server.closeAllConnections(), answersInTimeMs)
  await app.close()
  clearTimeout(cut)
  persistence.flush()
})

await app.listen({ host: config.HOST, port: config.PORT })
const port = portOf(app.server)
log.info({ port }, 'listening')
announceReady({ port })
