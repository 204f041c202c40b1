import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tellwire, toNodeHandler } from '@tellwire/sdk'
import { fileCursor, fileStore } from '@tellwire/sdk/node'
import { guide } from './guide.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const { STATE_DIR = join(here, 'state'), WEBHOOK_SECRET, PORT = '4703' } = process.env

const tellwire = new Tellwire()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const walks = guide(tellwire, fileStore(join(STATE_DIR, 'walks')))

if (WEBHOOK_SECRET !== undefined) {
  // With an address of its own, Tellwire calls it.
  const server = createServer(
    (request, response) => void toNodeHandler(walks, { secret: WEBHOOK_SECRET })(request, response),
  )
  server.listen(Number(PORT), () => console.log(`The guide waits for webhooks on port ${PORT}.`))
  stop.signal.addEventListener('abort', () => server.close())
} else {
  // What was said before it ran for the first time was not said to it.
  const { next_cursor: from } = await tellwire.events.list({ after: 'now' })
  const { url } = await tellwire.connectLinks.issue({ user_id: 'explorer' })
  console.log(`The guide listens. Connect at ${url} and send /start`)
  await tellwire.listen(walks, {
    from,
    store: fileCursor(join(STATE_DIR, 'cursor.txt')),
    signal: stop.signal,
    onError: (error, event) => console.error(`${event.type} could not be handled:`, error),
  })
}
