import type { StoredEvent } from '../events/read-events.js'
import { defineStatement, type Executor, probe, run } from '../sql.js'

/** A request to an endpoint, and how it went. */
export interface WebhookAttempt {
  id: string
  eventId: string
  eventType: StoredEvent['type']
  /** Which one for the event, from 1. */
  attempt: number
  outcome: string
  status: number | null
  failure: string | null
  latencyMs: number
  answer: string | null
  /** Where it went; null for one from before that was kept. */
  url: string | null
  /** The event that it carried, for as long as that is kept. */
  event: StoredEvent | undefined
}

const list = defineStatement(
  'list-webhook-attempts',
  `
SELECT a.id::text, a.event_id::text, a.event_type, a.attempt, a.outcome, a.status, a.failure, a.latency_ms, a.answer, a.url,
  e.xid::text, e.tenant_id::text, e.data, e.created_at
FROM (
  SELECT * FROM webhook_attempts
  WHERE tenant_id = $1::uuid AND endpoint_id = $2::uuid AND ($3::uuid IS NULL OR id < $3::uuid)
  ORDER BY id DESC LIMIT $4
) a
LEFT JOIN LATERAL (
  SELECT * FROM events e
  WHERE ${probe('e.tenant_id', 'a.tenant_id')} AND ${probe('e.xid', 'a.event_xid')} AND ${probe('e.id', 'a.event_id')}
) e ON true
ORDER BY a.id DESC`,
)

type Row = Omit<WebhookAttempt, 'event'> & {
  [Field in 'xid' | 'tenantId']: string | null
} & { data: Record<string, unknown> | null; createdAt: Date | null }

/**
 * Lists the requests to an endpoint, newest first.
 * @param before the id of the last one that was read.
 */
export async function listWebhookAttempts(
  on: Executor,
  {
    tenantId,
    endpointId,
    before,
    limit,
  }: { tenantId: string; endpointId: string; before: string | undefined; limit: number },
): Promise<WebhookAttempt[]> {
  const rows = await run<Row>(on, list, [tenantId, endpointId, before ?? null, limit])
  return rows.map(({ xid, tenantId, data, createdAt, ...attempt }) => ({
    ...attempt,
    event:
      xid === null || tenantId === null || data === null || createdAt === null
        ? undefined
        : { xid, id: attempt.eventId, tenantId, type: attempt.eventType, data, createdAt },
  }))
}
