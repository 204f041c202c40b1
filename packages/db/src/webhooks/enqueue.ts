import type { Pool } from 'pg'
import { followEvents } from '../events/follow-events.js'
import { gate } from '../events/read-events.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import type { EndpointReference } from './find-due.js'

const scannedMax = 2_000

/** The event of a test is for the endpoint that is tested alone. */
const isWanted = `CASE e.type WHEN 'webhook.test' THEN e.data ->> 'webhook_id' = w.id::text
  ELSE w.types = '{}' OR e.type LIKE ANY (w.types) END`

const enqueueNew = defineStatement(
  'enqueue-webhooks',
  `
WITH ${followEvents('webhooks', scannedMax)},
enqueued AS (
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id)
  SELECT e.tenant_id, w.id, e.xid, e.id
  FROM scanned e
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'e.tenant_id')} AND w.disabled_at IS NULL AND ${isWanted}
  ORDER BY e.xid, e.id
  -- Whoever deletes the endpoint sees what is put before it, or is seen.
  FOR KEY SHARE OF w
  ON CONFLICT (tenant_id, endpoint_id, event_id) DO NOTHING
  RETURNING tenant_id, endpoint_id
)
SELECT tenant_id::text, endpoint_id::text, NULL::int AS scanned FROM enqueued GROUP BY 1, 2
UNION ALL
SELECT NULL, NULL, count(*)::int FROM scanned`,
)

/**
 * Puts what is new of all tenants' events before the endpoints that want it. What was put there, and up to where, is written
 * together, so that nothing is passed over and nothing comes twice.
 * @returns the endpoints that got something, and whether more may be new already.
 */
export async function enqueueWebhooks(engine: Pool): Promise<{ hasMore: boolean; endpoints: EndpointReference[] }> {
  type Row = { tenantId: string | null; endpointId: string | null; scanned: number | null }
  const rows = await run<Row>(engine, enqueueNew, [])
  return {
    hasMore: rows.some(({ scanned }) => scanned === scannedMax),
    endpoints: rows.flatMap(({ tenantId, endpointId }) =>
      tenantId === null || endpointId === null ? [] : [{ tenantId, endpointId }],
    ),
  }
}

const replay = defineStatement(
  'replay-webhooks',
  `
WITH ${gate},
wanted AS MATERIALIZED (
  SELECT e.xid, e.id
  FROM events e
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', '$1::uuid')} AND ${probe('w.id', '$2::uuid')}
  CROSS JOIN gate g
  WHERE e.tenant_id = $1::uuid AND (e.xid, e.id) > ($6::xid8, $7::uuid) AND e.xid < g.xmin
    AND e.id >= $3::uuid AND e.id < uuid_v7_floor(now() + interval '1 day')
    AND ($4::uuid IS NULL OR e.id = $4::uuid) AND ${isWanted}
    AND NOT ($5::bool AND EXISTS (
      SELECT FROM webhook_attempts a
      WHERE a.tenant_id = $1::uuid AND a.endpoint_id = $2::uuid AND a.event_id = e.id AND a.outcome = 'taken'
    ))
  ORDER BY e.xid, e.id LIMIT $8
  FOR KEY SHARE OF w
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
const nil = '00000000-0000-0000-0000-000000000000'

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
  let after = { xid: '0', id: nil }
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
