import type { Pool } from 'pg'
import { defineStatement, run, runForOne } from '../sql.js'
import type { EventPosition } from './read-events.js'

const read = defineStatement('read-event-cursor', 'SELECT xid::text, id::text FROM event_cursors WHERE name = $1')

/** Tells how far a follower of all events has come. */
export async function readEventCursor(engine: Pool, name: string): Promise<EventPosition> {
  return runForOne<EventPosition>(engine, read, [name])
}

// A place that was read in another database, of which this one is an older copy, may be ahead of all that is to come.
const move = defineStatement(
  'move-event-cursor',
  `
UPDATE event_cursors SET xid = $2::xid8, id = $3::uuid
WHERE name = $1 AND (xid, id) < ($2::xid8, $3::uuid) AND $2::xid8 <= pg_snapshot_xmax(pg_current_snapshot())`,
)

/** Writes how far a follower has come. It never goes back. */
export async function moveEventCursor(engine: Pool, name: string, { xid, id }: EventPosition): Promise<void> {
  await run(engine, move, [name, xid, id])
}
