import type { Pool } from 'pg'
import { defineStatement, inputRows, probe, run } from '../sql.js'
import { isTaken } from './is-taken.js'
import type { NewWebhook } from './read-new.js'

const input = inputRows('input', { tenant_id: 'uuid', endpoint_id: 'uuid', event_xid: 'xid8', event_id: 'uuid' })

const store = defineStatement(
  'store-webhooks',
  `
WITH ${input.text}
INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id)
SELECT i.tenant_id, i.endpoint_id, i.event_xid, i.event_id
FROM input i
JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'i.tenant_id')} AND ${probe('w.id', 'i.endpoint_id')}
LEFT JOIN LATERAL (${isTaken('i.tenant_id', 'i.endpoint_id', 'i.event_id')}) taken ON true
WHERE w.disabled_at IS NULL AND taken.is_there IS NULL
ORDER BY i.event_xid, i.event_id
-- Whoever deletes the endpoint sees what is put before it, or is seen.
FOR KEY SHARE OF w
ON CONFLICT (tenant_id, endpoint_id, event_id) DO NOTHING`,
)

/** Stores what cannot be sent at once: it waits in the database, behind what waits there. */
export async function storeWebhooks(engine: Pool, webhooks: readonly NewWebhook[]): Promise<void> {
  const rows = webhooks.map(({ endpointId, event: { tenantId, xid, id } }) => ({
    tenantId,
    endpointId,
    eventXid: xid,
    eventId: id,
  }))
  await run(engine, store, input.values(rows))
}
