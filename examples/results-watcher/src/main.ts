import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tellwire } from '@tellwire/sdk'
import { fileCursor } from '@tellwire/sdk/node'
import { followers } from './followers.js'
import { startSite } from './site.js'
import { watch } from './watch.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const { WATCH_URL, WATCH_SECONDS = '10', STATE_DIR = join(here, 'state'), PORT = '4701' } = process.env

const tellwire = new Tellwire()
await mkdir(STATE_DIR, { recursive: true })
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

// What was said before it ran for the first time was not said to it.
const { next_cursor: from } = await tellwire.events.list({ after: 'now' })
const site = await startSite(tellwire, { port: Number(PORT), file: join(STATE_DIR, 'results.html') })
const url = WATCH_URL ?? `${site.url}/results`
// Where to go on, for whoever has started it.
console.log(`Watching ${url}. Follow it at ${site.url}`)

const page = { url, everyMs: Number(WATCH_SECONDS) * 1_000, seen: fileCursor(join(STATE_DIR, 'seen.txt')) }
const crowd = followers(tellwire, { from, store: fileCursor(join(STATE_DIR, 'cursor.txt')) })

// Side by side: neither waits for the other.
await Promise.all([
  watch(page, (difference, key) => crowd.announce(difference, key), stop.signal),
  crowd.listen(page.seen, stop.signal),
])
await site.close()
