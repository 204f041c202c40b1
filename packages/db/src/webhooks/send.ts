import type { Pool } from 'pg'
import type { StoredEvent } from '../events/read-events.js'
import { insertEvents, eventsOf } from '../events/insert-events.js'
import { defineStatement, inputRows, probe, run } from '../sql.js'

/** A delivery that is due, with the event and what its endpoint wants. */
export interface DueWebhook {
  id: string
  attempts: number
  event: StoredEvent | undefined
  endpoint: {
    tenantId: string
    id: string
    url: string
    headersSealed: Buffer | null
    secretSealed: Buffer
    previousSecretSealed: Buffer | null
    concurrency: number
    rate: number | null
  }
}

// Skips from endpoint to endpoint, and reads no more of each than may be under way.
const findDue = defineStatement(
  'find-due-webhooks',
  `
WITH RECURSIVE waiting AS (
  (
    SELECT d.tenant_id, d.endpoint_id FROM webhook_deliveries d
    ORDER BY d.tenant_id, d.endpoint_id LIMIT 1
  )
  UNION ALL
  SELECT n.tenant_id, n.endpoint_id
  FROM waiting s
  CROSS JOIN LATERAL (
    SELECT d.tenant_id, d.endpoint_id FROM webhook_deliveries d
    WHERE (d.tenant_id, d.endpoint_id) > (s.tenant_id, s.endpoint_id)
    ORDER BY d.tenant_id, d.endpoint_id LIMIT 1
  ) n
)
SELECT
  d.id::text, d.attempts,
  e.xid::text, e.id::text AS event_id, e.type, e.data, e.created_at,
  w.tenant_id::text, w.id::text AS endpoint_id, w.url, w.headers_sealed, w.secret_sealed, w.concurrency, w.rate,
  CASE WHEN w.previous_secret_until > now() THEN w.previous_secret_sealed END AS previous_secret_sealed
FROM waiting s
JOIN tenants t ON ${probe('t.id', 's.tenant_id')} AND t.suspended_at IS NULL
JOIN webhook_endpoints w ON ${probe('w.tenant_id', 's.tenant_id')} AND ${probe('w.id', 's.endpoint_id')}
  AND w.disabled_at IS NULL
CROSS JOIN LATERAL (
  SELECT * FROM webhook_deliveries d
  WHERE d.tenant_id = s.tenant_id AND d.endpoint_id = s.endpoint_id AND d.due_at <= now() AND d.id <> ALL ($1::uuid[])
  ORDER BY d.due_at, d.id LIMIT w.concurrency
) d
LEFT JOIN LATERAL (
  SELECT * FROM events e
  WHERE ${probe('e.tenant_id', 'd.tenant_id')} AND ${probe('e.xid', 'd.event_xid')} AND ${probe('e.id', 'd.event_id')}
) e ON true
LIMIT $2`,
)

/** The endpoint's fields beside those of the event, which is gone where they are null. */
interface DueRow extends Omit<DueWebhook['endpoint'], 'id'> {
  id: string
  attempts: number
  endpointId: string
  xid: string | null
  eventId: string | null
  type: StoredEvent['type'] | null
  data: Record<string, unknown> | null
  createdAt: Date | null
}

/** Finds deliveries that are due and are not under way, some of each endpoint. */
export async function findDueWebhooks(
  engine: Pool,
  { underWay, countMax }: { underWay: readonly string[]; countMax: number },
): Promise<DueWebhook[]> {
  const rows = await run<DueRow>(engine, findDue, [underWay, countMax])
  return rows.map((row) => {
    const { id, attempts, xid, eventId, type, data, createdAt, tenantId, endpointId, ...endpoint } = row
    const isThere = xid !== null && eventId !== null && type !== null && data !== null && createdAt !== null
    return {
      id,
      attempts,
      event: isThere ? { xid, id: eventId, tenantId, type, data, createdAt } : undefined,
      endpoint: { ...endpoint, tenantId, id: endpointId },
    }
  })
}

/** An attempt, with its result. */
export interface WebhookAttemptToSettle {
  id: string
  outcome: 'taken' | 'failed' | 'given_up'
  /** When it is tried again, in milliseconds. */
  retryInMs: number | undefined
  /** Whether the endpoint says that it is no more. */
  isGone: boolean
  eventType: string
  status: number | undefined
  failure: string | undefined
  latencyMs: number
  answer: string | undefined
}

const settled = inputRows('input', {
  id: 'uuid',
  outcome: 'text',
  retry_in_ms: 'float8',
  is_gone: 'bool',
  event_type: 'text',
  status: 'int',
  failure: 'text',
  latency_ms: 'int',
  answer: 'text',
})

/** An endpoint that has taken nothing for so long is disabled. */
const patience = "interval '5 days'"

const settle = defineStatement(
  'settle-webhooks',
  `
WITH ${settled.text},
known AS MATERIALIZED (
  SELECT i.*, d.tenant_id, d.endpoint_id, d.event_id, d.attempts
  FROM input i
  JOIN webhook_deliveries d ON ${probe('d.id', 'i.id')}
  FOR UPDATE OF d
),
attempted AS (
  INSERT INTO webhook_attempts (tenant_id, endpoint_id, event_id, event_type, attempt, outcome, status, failure, latency_ms, answer)
  SELECT tenant_id, endpoint_id, event_id, event_type, attempts + 1, outcome, status, failure, latency_ms, answer FROM known
),
results AS MATERIALIZED (
  SELECT tenant_id, endpoint_id, bool_or(outcome = 'taken') AS has_taken, bool_or(is_gone) AS is_gone,
    max(coalesce(failure, 'answered ' || status)) FILTER (WHERE outcome <> 'taken') AS error
  FROM known GROUP BY 1, 2 ORDER BY 1, 2
),
before AS MATERIALIZED (
  SELECT r.*, w.failing_since, w.warned_percent,
    CASE WHEN r.has_taken THEN 0 ELSE
      (100 * extract(epoch FROM now() - coalesce(w.failing_since, now())) / extract(epoch FROM ${patience}))::int
    END AS used_percent
  FROM results r
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'r.tenant_id')} AND ${probe('w.id', 'r.endpoint_id')}
  WHERE w.disabled_at IS NULL
  FOR UPDATE OF w
),
after AS MATERIALIZED (
  SELECT b.*, b.is_gone OR b.used_percent >= 100 AS is_disabled,
    CASE WHEN b.is_gone THEN 'gone' ELSE 'failing' END AS reason,
    CASE WHEN b.used_percent >= 90 THEN 90 WHEN b.used_percent >= 70 THEN 70 WHEN b.used_percent >= 50 THEN 50 ELSE 0 END AS percent
  FROM before b
),
decided AS MATERIALIZED (
  -- Of one that is disabled nothing waits any more.
  SELECT k.id, k.retry_in_ms, k.outcome = 'failed' AND NOT EXISTS (
    SELECT FROM after a WHERE a.is_disabled AND a.tenant_id = k.tenant_id AND a.endpoint_id = k.endpoint_id
  ) AS is_kept
  FROM known k
),
ended AS (
  DELETE FROM webhook_deliveries d USING decided k WHERE ${probe('d.id', 'k.id')} AND NOT k.is_kept
),
kept AS (
  UPDATE webhook_deliveries d SET
    attempts = d.attempts + 1,
    due_at = now() + make_interval(secs => k.retry_in_ms / 1000)
  FROM decided k
  WHERE ${probe('d.id', 'k.id')} AND k.is_kept
),
changed AS (
  UPDATE webhook_endpoints w SET
    failing_since = CASE WHEN a.has_taken THEN NULL ELSE coalesce(w.failing_since, now()) END,
    warned_percent = CASE WHEN a.has_taken THEN 0 ELSE greatest(w.warned_percent, a.percent) END,
    last_error = coalesce(a.error, w.last_error),
    last_success_at = CASE WHEN a.has_taken THEN now() ELSE w.last_success_at END,
    disabled_at = CASE WHEN a.is_disabled THEN now() END,
    disabled_reason = CASE WHEN a.is_disabled THEN a.reason END
  FROM after a
  WHERE ${probe('w.tenant_id', 'a.tenant_id')} AND ${probe('w.id', 'a.endpoint_id')}
),
withdrawn AS (
  DELETE FROM webhook_deliveries d USING (
    SELECT x.id
    FROM after a
    CROSS JOIN LATERAL (
      SELECT id FROM webhook_deliveries
      WHERE tenant_id = a.tenant_id AND endpoint_id = a.endpoint_id
      ORDER BY due_at LIMIT 1000000
    ) x
    WHERE a.is_disabled AND NOT EXISTS (SELECT FROM known k WHERE k.id = x.id)
  ) x
  WHERE ${probe('d.id', 'x.id')}
),
told AS (
  ${insertEvents(
    eventsOf('webhook.disabled', {
      from: 'after',
      data: { webhook_id: 'endpoint_id', reason: 'reason', last_error: 'error' },
      where: 'is_disabled',
    }),
    eventsOf('webhook.failing', {
      from: 'after',
      data: { webhook_id: 'endpoint_id', percent: 'percent', last_error: 'error' },
      where: 'NOT is_disabled AND percent > warned_percent',
    }),
  )}
)
SELECT count(*)::int AS settled FROM known`,
)

/** Records what became of attempts, in one statement: what was taken, or given up, waits no more. */
export async function settleWebhooks(engine: Pool, attempts: readonly WebhookAttemptToSettle[]): Promise<void> {
  await run(engine, settle, settled.values(attempts))
}
