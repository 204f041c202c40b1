import type { Pool } from 'pg'
import type { StoredEvent } from '../events/read-events.js'
import { defineStatement, inputRows, probe, run } from '../sql.js'

/** An endpoint that events may be sent to now. */
export interface WebhookEndpoint {
  tenantId: string
  id: string
  url: string
  headersSealed: Buffer | null
  secretSealed: Buffer
  /** The secret before, while requests are signed with it too. */
  previousSecretSealed: Buffer | null
  /** Requests under way at a time. */
  concurrency: number
  /** Requests a second; null for as many as go. */
  rate: number | null
}

/** A delivery to an endpoint that is due. */
export interface DueWebhook {
  /** Of its row; undefined where it waits in the log alone. */
  id: string | undefined
  endpointId: string
  eventId: string
  /** How many were made before. */
  attempts: number
  event: StoredEvent
}

/** Which endpoint, of which tenant. */
export interface EndpointReference {
  tenantId: string
  endpointId: string
}

// Skips from endpoint to endpoint.
const findWaiting = defineStatement(
  'find-waiting-webhooks',
  `
WITH RECURSIVE waiting AS (
  (
    SELECT d.tenant_id, d.endpoint_id, 1 AS place FROM webhook_deliveries d
    WHERE (d.tenant_id, d.endpoint_id) > ($1::uuid, $2::uuid)
    ORDER BY d.tenant_id, d.endpoint_id LIMIT 1
  )
  UNION ALL
  SELECT n.tenant_id, n.endpoint_id, s.place + 1
  FROM waiting s
  CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.endpoint_id FROM webhook_deliveries d
    WHERE (d.tenant_id, d.endpoint_id) > (s.tenant_id, s.endpoint_id)
    ORDER BY d.tenant_id, d.endpoint_id LIMIT 1
  ) n
  WHERE s.place < $3::int
)
SELECT s.tenant_id::text, s.endpoint_id::text, EXISTS (
  SELECT FROM webhook_deliveries d
  WHERE d.tenant_id = s.tenant_id AND d.endpoint_id = s.endpoint_id AND d.due_at <= now()
) AS is_due
FROM waiting s
ORDER BY s.place`,
)

/** Finds endpoints before which something waits, in the order of their ids, from one of them on. */
export async function findWaitingEndpoints(
  engine: Pool,
  { after, countMax }: { after: EndpointReference; countMax: number },
): Promise<(EndpointReference & { isDue: boolean })[]> {
  return run(engine, findWaiting, [after.tenantId, after.endpointId, countMax])
}

const references = inputRows('input', { tenant_id: 'uuid', endpoint_id: 'uuid' })

const readEndpoints = defineStatement(
  'read-webhook-endpoints',
  `
WITH ${references.text}
SELECT w.tenant_id::text, w.id::text, w.url, w.headers_sealed, w.secret_sealed, w.concurrency, w.rate,
  CASE WHEN w.previous_secret_until > now() THEN w.previous_secret_sealed END AS previous_secret_sealed
FROM input i
JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'i.tenant_id')} AND ${probe('w.id', 'i.endpoint_id')}
JOIN tenants t ON ${probe('t.id', 'i.tenant_id')}
WHERE w.disabled_at IS NULL AND t.suspended_at IS NULL`,
)

/** Reads what endpoints want. Those that nothing is to be sent to now are left out. */
export async function readWebhookEndpoints(
  engine: Pool,
  endpoints: readonly EndpointReference[],
): Promise<WebhookEndpoint[]> {
  return run(engine, readEndpoints, references.values(endpoints))
}

const rooms = inputRows('room', { tenant_id: 'uuid', endpoint_id: 'uuid', count: 'int' }, 2)

const findDue = defineStatement(
  'find-due-webhooks',
  `
WITH ${rooms.text}
SELECT d.id::text, d.tenant_id::text AS owner_id, d.endpoint_id::text, d.event_id::text, d.attempts, e.xid::text, e.tenant_id::text, e.type, e.data, e.created_at
FROM room r
CROSS JOIN LATERAL (
  SELECT * FROM webhook_deliveries d
  WHERE d.tenant_id = r.tenant_id AND d.endpoint_id = r.endpoint_id AND d.due_at <= now()
    AND d.id NOT IN (SELECT held FROM unnest($1::uuid[]) held)
  ORDER BY d.due_at, d.id LIMIT r.count
) d
LEFT JOIN LATERAL (
  SELECT * FROM events e
  WHERE ${probe('e.tenant_id', 'd.tenant_id')} AND ${probe('e.xid', 'd.event_xid')} AND ${probe('e.id', 'd.event_id')}
) e ON true
ORDER BY d.due_at, d.id`,
)

/** The event's fields are null where it is gone. */
interface DueRow {
  id: string
  ownerId: string
  endpointId: string
  eventId: string
  attempts: number
  xid: string | null
  tenantId: string | null
  type: StoredEvent['type'] | null
  data: Record<string, unknown> | null
  createdAt: Date | null
}

/**
 * Finds deliveries that are due, the longest due first.
 * @param rooms for how many of which endpoints there is room.
 * @param held the deliveries that are known already.
 * @returns them, and those whose events are no longer kept.
 */
export async function findDueWebhooks(
  engine: Pool,
  { rooms: wanted, held }: { rooms: readonly (EndpointReference & { count: number })[]; held: readonly string[] },
): Promise<{ webhooks: DueWebhook[]; withoutEvent: (EndpointReference & { id: string })[] }> {
  const rows = await run<DueRow>(engine, findDue, [held, ...rooms.values(wanted)])
  const webhooks: DueWebhook[] = []
  const withoutEvent: (EndpointReference & { id: string })[] = []
  for (const { id, ownerId, endpointId, eventId, attempts, xid, tenantId, type, data, createdAt } of rows) {
    if (xid === null || tenantId === null || type === null || data === null || createdAt === null)
      withoutEvent.push({ id, tenantId: ownerId, endpointId })
    else
      webhooks.push({ id, endpointId, eventId, attempts, event: { xid, id: eventId, tenantId, type, data, createdAt } })
  }
  return { webhooks, withoutEvent }
}

const dropWebhooks = defineStatement(
  'drop-webhooks',
  `
DELETE FROM webhook_deliveries d USING (
  SELECT id FROM webhook_deliveries WHERE id = ANY ($1::uuid[]) FOR UPDATE SKIP LOCKED
) w
WHERE ${probe('d.id', 'w.id')}`,
)

/** Drops deliveries of which there is nothing to send any more; not those that somebody is changing. */
export async function dropDueWebhooks(engine: Pool, webhooks: readonly { id: string }[]): Promise<void> {
  await run(engine, dropWebhooks, [webhooks.map(({ id }) => id)])
}
