import { disorder, type EventPosition, gate } from '../events/read-events.js'
import { idTime, nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, runForOne } from '../sql.js'
import { isTaken } from './is-taken.js'
import { isWanted } from './is-wanted.js'

const findPlaces = defineStatement(
  'find-places-of-replay',
  `
SELECT events_xid_at($1::uuid, $2::timestamptz - ${disorder}, true)::text AS start_xid,
  CASE WHEN $3 THEN events_xid_at($1::uuid, $2::timestamptz + ${disorder}, false)::text END AS end_xid`,
)

const replay = defineStatement(
  'replay-webhooks',
  `
WITH ${gate},
endpoint AS MATERIALIZED (
  -- Whoever records or stores something for the endpoint passes it by until this is done.
  SELECT w.id, w.types FROM webhook_endpoints w
  WHERE ${probe('w.tenant_id', '$1::uuid')} AND ${probe('w.id', '$2::uuid')} AND w.disabled_at IS NULL
  FOR NO KEY UPDATE
),
searched AS MATERIALIZED (
  SELECT e.xid, e.id, e.type, CASE e.type WHEN 'webhook.test' THEN e.data END AS data
  FROM events e CROSS JOIN gate g
  WHERE e.tenant_id = $1::uuid AND (e.xid, e.id) > ($6::xid8, $7::uuid) AND e.xid < g.xmin
    AND ($9::xid8 IS NULL OR e.xid <= $9::xid8)
    AND e.id >= $3::uuid AND e.id < uuid_v7_floor(now() + interval '1 day')
    AND ($4::uuid IS NULL OR e.id = $4::uuid)
  ORDER BY e.xid, e.id LIMIT $10
),
wanted AS MATERIALIZED (
  SELECT e.xid, e.id
  FROM searched e
  CROSS JOIN endpoint w
  LEFT JOIN LATERAL (${isTaken('$1::uuid', '$2::uuid', 'e.id')}) taken ON true
  WHERE ${isWanted} AND (taken.is_there IS NULL OR NOT $5::bool)
  ORDER BY e.xid, e.id LIMIT $8
),
enqueued AS (
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id)
  SELECT $1::uuid, $2::uuid, xid, id FROM wanted
  ON CONFLICT (tenant_id, endpoint_id, event_id) DO UPDATE SET attempts = 0, due_at = now()
  RETURNING 1
)
SELECT (SELECT count(*)::int FROM enqueued) AS count, (SELECT count(*)::int FROM searched) AS searched, l.xid::text, l.id::text
FROM (SELECT 1) one
LEFT JOIN (
  (SELECT xid, id FROM wanted WHERE (SELECT count(*) FROM wanted) = $8 ORDER BY xid DESC, id DESC LIMIT 1)
  UNION ALL
  (SELECT xid, id FROM searched WHERE (SELECT count(*) FROM wanted) < $8 ORDER BY xid DESC, id DESC LIMIT 1)
) l ON true`,
)

const replayedAtOnce = 1_000
/** Where few of the events may be meant, so many are looked through at a time. */
const searchedAtOnce = 10_000
/** However many events are looked through for those that are meant, an answer comes. */
const searchMs = 4_000

interface Replayed {
  count: number
  searched: number
  /** Where to go on. */
  xid: string | null
  id: string | null
}

/**
 * Puts events before an endpoint once more.
 * @param fromId the smallest id that is meant: of the event, or of the time since when.
 * @param after where to go on, as an answer said. @param isSelective whether few of the events may be meant.
 * @returns how many there are, and where to go on, where there may be more.
 */
export async function replayWebhooks(
  on: Executor,
  what: {
    tenantId: string
    endpointId: string
    fromId: string
    eventId: string | undefined
    after: EventPosition | undefined
    isMissingOnly: boolean
    isSelective: boolean
    countMax: number
  },
): Promise<{ count: number; next: EventPosition | undefined }> {
  const { tenantId, endpointId, fromId, eventId, isMissingOnly, isSelective, countMax } = what
  const deadline = performance.now() + searchMs
  const places = await runForOne<{ startXid: string; endXid: string | null }>(on, findPlaces, [
    tenantId,
    new Date(idTime(fromId)),
    eventId !== undefined,
  ])
  let total = 0
  let after: EventPosition = what.after ?? { xid: places.startXid, id: nilUuid }
  for (;;) {
    const limit = Math.min(replayedAtOnce, countMax - total)
    const searchedMax = isSelective ? searchedAtOnce : limit
    const found = await runForOne<Replayed>(on, replay, [
      tenantId,
      endpointId,
      fromId,
      eventId ?? null,
      isMissingOnly,
      after.xid,
      after.id,
      limit,
      places.endXid,
      searchedMax,
    ])
    total += found.count
    const isOver = found.count < limit && found.searched < searchedMax
    if (isOver || found.xid === null || found.id === null) return { count: total, next: undefined }
    after = { xid: found.xid, id: found.id }
    if (total >= countMax || performance.now() > deadline) return { count: total, next: after }
  }
}
