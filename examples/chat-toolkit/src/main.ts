import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Tellwire } from '@tellwire/sdk'
import { combine, type Heard, isCommand } from '@tellwire/sdk/conversations'
import { fileCursor, fileStore } from '@tellwire/sdk/node'
import { counting } from './counter.js'
import { guessing } from './guess.js'
import { mailbox } from './mailbox.js'
import { showing } from './show.js'

const here = fileURLToPath(new URL('..', import.meta.url))
const { STATE_DIR = join(here, 'state'), COUNT_SECONDS = '60' } = process.env
const kept = (name: string): string => join(STATE_DIR, name)
const staff = 'staff'

const tellwire = new Tellwire()
const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort())

const guess = guessing(tellwire, fileStore(kept('games')))
const count = counting(tellwire, fileStore(kept('counts')), Number(COUNT_SECONDS) * 1_000)
const mail = mailbox(tellwire, fileStore(kept('mailbox')))
const show = showing(tellwire, kept('downloads'))

async function hear(event: Heard): Promise<void> {
  if (event.data.user_id === staff) return mail.serve(event)
  if (isCommand(event, 'support')) return mail.receive(event)
  // Only who has asked a question waits for somebody.
  if (!(await mail.isWaiting(event))) await tellwire.chats.markRead(event.data.connection_id, {})
  if (event.type === 'command.received' || !guess.isPlaying(event)) await show(event)
}

// What was said before it ran for the first time was not said to it.
const { next_cursor: from } = await tellwire.events.list({ after: 'now' })
for (const user of [staff, 'visitor']) {
  const { url } = await tellwire.connectLinks.issue({ user_id: user })
  console.log(`Connect as ${user}: ${url}`)
}
// What games and counts do with an event, and then the rest.
const others = { message: hear, command: hear, button: hear } as Parameters<typeof combine>[0]
for (const each of [guess.handlers, count]) await each.resume()
await tellwire.listen(combine(others, count, guess.handlers), {
  from,
  store: fileCursor(kept('cursor.txt')),
  signal: stop.signal,
  onError: (error, event) => console.error(`${event.type} could not be handled:`, error),
})
