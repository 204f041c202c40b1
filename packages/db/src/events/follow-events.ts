import type { Pool } from 'pg'
import { defineStatement, runForOne } from '../sql.js'
import { eventColumns, follows, gate, placeColumns } from './read-events.js'

const following = follows('p.xid', 'p.id', 'p.earliest', 'g.ceiling')

/**
 * The CTEs of somebody who follows all events, each once: `scanned` has those that are new since the last time, and with the
 * statement the place is written up to which they were read. Whoever comes at the same time waits.
 * @param name of the place, a row of `event_cursors`.
 */
export const followEvents = (name: string, countMax: number): string => `${gate},
place AS MATERIALIZED (
  SELECT ${placeColumns} FROM event_cursors WHERE name = '${name}' FOR UPDATE
),
scanned AS MATERIALIZED (
  SELECT ${eventColumns}
  FROM place p
  CROSS JOIN gate g
  CROSS JOIN LATERAL (
    SELECT * FROM events e
    WHERE ${following}
    ORDER BY e.xid, e.id LIMIT ${countMax}
  ) e
),
moved AS (
  UPDATE event_cursors c SET xid = n.xid, id = n.id
  FROM (
    (SELECT xid, id FROM scanned WHERE (SELECT count(*) FROM scanned) = ${countMax} ORDER BY xid DESC, id DESC LIMIT 1)
    UNION ALL
    SELECT g.xmin, g.floor FROM gate g, place p
    WHERE (SELECT count(*) FROM scanned) < ${countMax} AND (g.xmin, g.floor) > (p.xid, p.id)
  ) n
  WHERE c.name = '${name}'
)`

const hasNew = defineStatement(
  'has-new-events',
  `
WITH ${gate},
place AS MATERIALIZED (
  SELECT ${placeColumns} FROM event_cursors WHERE name = $1
)
SELECT EXISTS (
  SELECT FROM place p
  CROSS JOIN gate g
  CROSS JOIN LATERAL (SELECT FROM events e WHERE ${following} LIMIT 1) e
) AS has_new`,
)

/** Whether there are events that a follower has not seen. Following is a write; this is none, where nothing happens. */
export async function hasNewEvents(engine: Pool, name: string): Promise<boolean> {
  return (await runForOne<{ hasNew: boolean }>(engine, hasNew, [name])).hasNew
}
