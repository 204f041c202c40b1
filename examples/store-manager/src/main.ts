import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tellwire } from '@tellwire/sdk'
import { fileCursor } from '@tellwire/sdk/node'
import { answerOwner } from './answer-owner.js'
import { startOffice } from './office.js'
import { createReports } from './reports.js'
import { runShop } from './shop.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const { SHOP_SECONDS = '20', STATE_DIR = join(here, 'state'), PORT = '4702' } = process.env
const owner = 'owner'

const tellwire = new Tellwire()
await mkdir(STATE_DIR, { recursive: true })
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// What was said before it ran for the first time was not said to it.
const { next_cursor: from } = await tellwire.events.list({ after: 'now' })
const { data: connections } = await tellwire.connections.list({ user_id: owner, status: 'active' })
// Where to go on, for whoever has started it.
if (connections.length === 0) {
  const { url } = await tellwire.connectLinks.issue({ user_id: owner })
  console.log(`The owner connects at ${url}`)
}

const reports = createReports(tellwire, owner, join(STATE_DIR, 'reports.log'))
const office = await startOffice(tellwire, { owner, port: Number(PORT), reports })
console.log(`The back office is at ${office.url}`)

await Promise.all([
  runShop(reports, { everyMs: Number(SHOP_SECONDS) * 1_000, signal: stop.signal }),
  answerOwner(tellwire, { from, store: fileCursor(join(STATE_DIR, 'cursor.txt')), signal: stop.signal }),
])
await office.close()
