import { gate } from '../events/read-events.js'
import { nilUuid } from '../ids.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import { isTaken } from './is-taken.js'
import { isWanted } from './is-wanted.js'

const replay = defineStatement(
  'replay-webhooks',
  `
WITH ${gate},
wanted AS MATERIALIZED (
  SELECT e.xid, e.id
  FROM events e
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', '$1::uuid')} AND ${probe('w.id', '$2::uuid')} AND w.disabled_at IS NULL
  CROSS JOIN gate g
  LEFT JOIN LATERAL (${isTaken('$1::uuid', '$2::uuid', 'e.id')}) taken ON true
  WHERE e.tenant_id = $1::uuid AND (e.xid, e.id) > ($6::xid8, $7::uuid) AND e.xid < g.xmin
    AND e.id >= $3::uuid AND e.id < uuid_v7_floor(now() + interval '1 day')
    AND ($4::uuid IS NULL OR e.id = $4::uuid) AND ${isWanted}
    AND (taken.is_there IS NULL OR NOT $5::bool)
  ORDER BY e.xid, e.id LIMIT $8
  -- Whoever records or stores something for the endpoint passes it by until this is done.
  FOR NO KEY UPDATE OF w
),
enqueued AS (
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id)
  SELECT $1::uuid, $2::uuid, xid, id FROM wanted
  ON CONFLICT (tenant_id, endpoint_id, event_id) DO UPDATE SET attempts = 0, due_at = now()
  RETURNING 1
)
SELECT (SELECT count(*)::int FROM enqueued) AS count, l.xid::text, l.id::text
FROM (SELECT 1) one
LEFT JOIN (SELECT xid, id FROM wanted ORDER BY xid DESC, id DESC LIMIT 1) l ON true`,
)

const replayedAtOnce = 1_000

/**
 * Puts events before an endpoint once more.
 * @param fromId the smallest id that is meant: of the event, or of the time since when.
 * @returns how many there are.
 */
export async function replayWebhooks(
  on: Executor,
  what: {
    tenantId: string
    endpointId: string
    fromId: string
    eventId: string | undefined
    isMissingOnly: boolean
    countMax: number
  },
): Promise<number> {
  const { tenantId, endpointId, fromId, eventId, isMissingOnly, countMax } = what
  let total = 0
  let after = { xid: '0', id: nilUuid }
  while (total < countMax) {
    const limit = Math.min(replayedAtOnce, countMax - total)
    const values = [tenantId, endpointId, fromId, eventId ?? null, isMissingOnly, after.xid, after.id, limit]
    const [found] = await run<{ count: number; xid: string | null; id: string | null }>(on, replay, values)
    total += found?.count ?? 0
    if (!found || found.count < limit || found.xid === null || found.id === null) break
    after = { xid: found.xid, id: found.id }
  }
  return total
}
