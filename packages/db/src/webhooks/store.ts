import type { Pool } from 'pg'
import { defineStatement, inputRows, probe, run } from '../sql.js'
import { busyEndpoints, readBusy } from './busy-endpoints.js'
import { isTaken } from './is-taken.js'
import type { NewWebhook } from './read-new.js'

const input = inputRows('input', { tenant_id: 'uuid', endpoint_id: 'uuid', event_xid: 'xid8', event_id: 'uuid' })

const store = defineStatement(
  'store-webhooks',
  `
WITH ${input.text},
-- Whoever disables or deletes an endpoint sees what is put before it, or is seen.
endpoint AS MATERIALIZED (
  SELECT w.tenant_id, w.id
  FROM (SELECT DISTINCT tenant_id, endpoint_id FROM input) i
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'i.tenant_id')} AND ${probe('w.id', 'i.endpoint_id')}
  WHERE w.disabled_at IS NULL
  FOR SHARE OF w SKIP LOCKED
),
stored AS (
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id)
  SELECT i.tenant_id, i.endpoint_id, i.event_xid, i.event_id
  FROM input i
  JOIN endpoint e ON e.tenant_id = i.tenant_id AND e.id = i.endpoint_id
  LEFT JOIN LATERAL (${isTaken('i.tenant_id', 'i.endpoint_id', 'i.event_id')}) taken ON true
  WHERE taken.is_there IS NULL
  ORDER BY i.event_xid, i.event_id
  ON CONFLICT (tenant_id, endpoint_id, event_id) DO NOTHING
)
${busyEndpoints('endpoint', 'w.disabled_at IS NULL')}`,
)

/**
 * Stores what cannot be sent at once: it waits in the database, behind what waits there. For an endpoint that is disabled, or
 * is no more, nothing is stored.
 * @returns the ids of endpoints that somebody is changing: of those nothing was stored either, and it is to be tried again.
 */
export async function storeWebhooks(engine: Pool, webhooks: readonly NewWebhook[]): Promise<Set<string>> {
  const rows = webhooks.map(({ endpointId, event: { tenantId, xid, id } }) => ({
    tenantId,
    endpointId,
    eventXid: xid,
    eventId: id,
  }))
  return readBusy(await run(engine, store, input.values(rows)))
}
