import type { Pool } from 'pg'
import { insertEvents, eventsOf } from '../events/insert-events.js'
import { defineStatement, inputRows, probe, run } from '../sql.js'

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

const failedInput = inputRows('input', {
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

const settleFailed = defineStatement(
  'settle-failed-webhooks',
  `
WITH ${failedInput.text},
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
  SELECT tenant_id, endpoint_id, bool_or(is_gone) AS is_gone, max(coalesce(failure, 'answered ' || status)) AS error
  FROM known GROUP BY 1, 2 ORDER BY 1, 2
),
before AS MATERIALIZED (
  SELECT r.*, w.failing_since, w.warned_percent,
    (100 * extract(epoch FROM now() - coalesce(w.failing_since, now())) / extract(epoch FROM ${patience}))::int
      AS used_percent
  FROM results r
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'r.tenant_id')} AND ${probe('w.id', 'r.endpoint_id')}
  WHERE w.disabled_at IS NULL
  FOR NO KEY UPDATE OF w
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
    failing_since = coalesce(w.failing_since, now()),
    warned_percent = greatest(w.warned_percent, a.percent),
    last_error = coalesce(a.error, w.last_error),
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

const takenInput = inputRows('input', {
  id: 'uuid',
  event_type: 'text',
  status: 'int',
  latency_ms: 'int',
  answer: 'text',
})

/** How exact the moment of an endpoint's last success is: it is not written for each of thousands a second. */
const successPrecision = "interval '1 second'"

// Nearly all are taken, and there is nothing to decide about those.
const settleTaken = defineStatement(
  'settle-taken-webhooks',
  `
WITH ${takenInput.text},
ended AS (
  DELETE FROM webhook_deliveries d USING input i WHERE ${probe('d.id', 'i.id')}
  RETURNING d.tenant_id, d.endpoint_id, d.event_id, d.attempts, i.event_type, i.status, i.latency_ms, i.answer
),
attempted AS (
  INSERT INTO webhook_attempts (tenant_id, endpoint_id, event_id, event_type, attempt, outcome, status, latency_ms, answer)
  SELECT tenant_id, endpoint_id, event_id, event_type, attempts + 1, 'taken', status, latency_ms, answer FROM ended
)
UPDATE webhook_endpoints w SET failing_since = NULL, warned_percent = 0, last_success_at = now()
FROM (SELECT DISTINCT tenant_id, endpoint_id FROM ended) e
WHERE ${probe('w.tenant_id', 'e.tenant_id')} AND ${probe('w.id', 'e.endpoint_id')} AND w.disabled_at IS NULL
  AND (w.failing_since IS NOT NULL OR w.last_success_at IS NULL OR w.last_success_at < now() - ${successPrecision})`,
)

/** Records what became of attempts: what was taken, or given up, waits no more. */
export async function settleWebhooks(engine: Pool, attempts: readonly WebhookAttemptToSettle[]): Promise<void> {
  const taken = attempts.filter(({ outcome }) => outcome === 'taken')
  const others = attempts.filter(({ outcome }) => outcome !== 'taken')
  if (taken.length > 0) await run(engine, settleTaken, takenInput.values(taken))
  if (others.length > 0) await run(engine, settleFailed, failedInput.values(others))
}
