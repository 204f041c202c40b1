import type { Pool } from 'pg'
import { insertEvents, eventsOf } from '../events/insert-events.js'
import { defineStatement, inputRows, probe, run } from '../sql.js'
import { busyEndpoints, readBusy } from './busy-endpoints.js'
import { isTaken } from './is-taken.js'

/** An attempt, with its result. */
export interface WebhookAttemptToSettle {
  /** Of the row that it was made of; undefined where it was made of the log alone. */
  id: string | undefined
  tenantId: string
  endpointId: string
  eventXid: string
  eventId: string
  eventType: string
  /** Where the request went. */
  url: string
  /** How many were made before. */
  attempts: number
  outcome: 'taken' | 'failed' | 'given_up'
  /** When it is tried again, in milliseconds. */
  retryInMs: number | undefined
  /** Whether the endpoint says that it is no more. */
  isGone: boolean
  status: number | undefined
  failure: string | undefined
  latencyMs: number
  answer: string | undefined
}

const attempted = {
  tenant_id: 'uuid',
  endpoint_id: 'uuid',
  event_id: 'uuid',
  event_xid: 'xid8',
  event_type: 'text',
  url: 'text',
  attempts: 'int',
  status: 'int',
  latency_ms: 'int',
  answer: 'text',
} as const

const failedInput = inputRows('input', {
  ...attempted,
  id: 'uuid',
  outcome: 'text',
  retry_in_ms: 'float8',
  is_gone: 'bool',
  failure: 'text',
})

/** It was not asked for once more since the attempt began: then it begins anew. */
const isAsItWas = 'd.attempts = k.attempts'

/** An endpoint that has taken nothing for so long is disabled. */
const patience = "interval '5 days'"
/** Where nothing was tried for longer than the longest pause between attempts, it is not known whether it went on failing. */
const silence = "interval '36 hours'"

// Whoever changes or deletes an endpoint locks it before what waits for it, and so does this. Of what is known of an
// endpoint that is there no more, nothing is written.
const settleFailed = defineStatement(
  'settle-failed-webhooks',
  `
WITH ${failedInput.text},
results AS MATERIALIZED (
  SELECT tenant_id, endpoint_id, bool_or(is_gone) AS is_gone, max(coalesce(failure, 'answered ' || status)) AS error
  FROM input GROUP BY 1, 2 ORDER BY 1, 2
),
before AS MATERIALIZED (
  SELECT r.*, w.id, w.disabled_at IS NOT NULL AS was_disabled, w.failed_at > now() - ${silence} AS goes_on,
    w.failing_since, w.warned_percent
  FROM results r
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'r.tenant_id')} AND ${probe('w.id', 'r.endpoint_id')}
  FOR NO KEY UPDATE OF w SKIP LOCKED
),
failing AS MATERIALIZED (
  SELECT b.tenant_id, b.endpoint_id, b.is_gone, b.error, b.was_disabled,
    CASE WHEN b.goes_on THEN coalesce(b.failing_since, now()) ELSE now() END AS since,
    CASE WHEN b.goes_on THEN b.warned_percent ELSE 0 END AS warned_percent
  FROM before b
),
used AS MATERIALIZED (
  SELECT f.*, 100 * extract(epoch FROM now() - f.since) / extract(epoch FROM ${patience}) AS used_percent FROM failing f
),
after AS MATERIALIZED (
  SELECT u.*, u.was_disabled OR u.is_gone OR u.used_percent >= 100 AS is_disabled,
    CASE WHEN u.is_gone THEN 'gone' ELSE 'failing' END AS reason,
    CASE WHEN u.used_percent >= 90 THEN 90 WHEN u.used_percent >= 70 THEN 70 WHEN u.used_percent >= 50 THEN 50 ELSE 0 END AS percent
  FROM used u
),
decided AS MATERIALIZED (
  -- Of one that is disabled nothing waits any more.
  SELECT i.*, a.is_disabled, i.outcome = 'failed' AND NOT a.is_disabled AS is_kept,
    now() + make_interval(secs => i.retry_in_ms / 1000) AS retry_at
  FROM input i
  JOIN after a ON a.tenant_id = i.tenant_id AND a.endpoint_id = i.endpoint_id
),
attempted AS (
  INSERT INTO webhook_attempts (tenant_id, endpoint_id, event_xid, event_id, event_type, url, attempt, outcome, status, failure, latency_ms, answer)
  SELECT tenant_id, endpoint_id, event_xid, event_id, event_type, url, attempts + 1, outcome, status, failure, latency_ms, answer
  FROM decided
),
waiting AS MATERIALIZED (
  -- A row that is locked is asked for once more, or withdrawn, at this moment.
  SELECT d.id, k.attempts, k.is_kept, k.retry_at
  FROM decided k
  JOIN webhook_deliveries d ON ${probe('d.id', 'k.id')} AND (${isAsItWas} OR k.is_disabled)
  FOR UPDATE OF d SKIP LOCKED
),
ended AS (
  DELETE FROM webhook_deliveries d USING waiting k WHERE ${probe('d.id', 'k.id')} AND NOT k.is_kept
),
kept AS (
  UPDATE webhook_deliveries d SET attempts = k.attempts + 1, due_at = k.retry_at
  FROM waiting k
  WHERE ${probe('d.id', 'k.id')} AND k.is_kept
),
stored AS (
  INSERT INTO webhook_deliveries (tenant_id, endpoint_id, event_xid, event_id, attempts, due_at)
  SELECT k.tenant_id, k.endpoint_id, k.event_xid, k.event_id, k.attempts + 1, k.retry_at
  FROM decided k
  LEFT JOIN LATERAL (${isTaken('k.tenant_id', 'k.endpoint_id', 'k.event_id')}) taken ON true
  WHERE k.is_kept AND k.id IS NULL AND taken.is_there IS NULL
  -- It is to be sent once more already.
  ON CONFLICT (tenant_id, endpoint_id, event_id) DO NOTHING
),
changed AS (
  UPDATE webhook_endpoints w SET
    failing_since = a.since,
    failed_at = now(),
    warned_percent = greatest(a.warned_percent, a.percent),
    last_error = coalesce(a.error, w.last_error),
    disabled_at = CASE WHEN a.is_disabled THEN now() END,
    disabled_reason = CASE WHEN a.is_disabled THEN a.reason END
  FROM after a
  WHERE ${probe('w.tenant_id', 'a.tenant_id')} AND ${probe('w.id', 'a.endpoint_id')} AND NOT a.was_disabled
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
    WHERE a.is_disabled AND NOT EXISTS (SELECT FROM decided k WHERE k.id = x.id)
  ) x
  WHERE ${probe('d.id', 'x.id')}
),
told AS (
  ${insertEvents(
    eventsOf('webhook.disabled', {
      from: 'after',
      data: { webhook_id: 'endpoint_id', reason: 'reason', last_error: 'error' },
      where: 'is_disabled AND NOT was_disabled',
    }),
    eventsOf('webhook.failing', {
      from: 'after',
      data: { webhook_id: 'endpoint_id', percent: 'percent', last_error: 'error' },
      where: 'NOT is_disabled AND percent > warned_percent',
    }),
  )}
)
${busyEndpoints('before')}`,
)

const takenInput = inputRows('input', attempted)

/** How exact the moment of an endpoint's last success is: it is not written for each of thousands a second. */
const successPrecision = "interval '1 second'"

// Nearly all are taken, and there is nothing to decide about those.
const settleTaken = defineStatement(
  'settle-taken-webhooks',
  `
WITH ${takenInput.text},
endpoint AS MATERIALIZED (
  SELECT w.tenant_id, w.id
  FROM (SELECT DISTINCT tenant_id, endpoint_id FROM input ORDER BY 1, 2) i
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'i.tenant_id')} AND ${probe('w.id', 'i.endpoint_id')}
  FOR KEY SHARE OF w SKIP LOCKED
),
late AS MATERIALIZED (
  SELECT w.tenant_id, w.id
  FROM endpoint e
  JOIN webhook_endpoints w ON ${probe('w.tenant_id', 'e.tenant_id')} AND ${probe('w.id', 'e.id')}
  WHERE w.disabled_at IS NULL
    AND (w.failing_since IS NOT NULL OR w.last_success_at IS NULL OR w.last_success_at < now() - ${successPrecision})
  FOR NO KEY UPDATE OF w SKIP LOCKED
),
changed AS (
  UPDATE webhook_endpoints w SET failing_since = NULL, warned_percent = 0, last_success_at = now()
  FROM late l
  WHERE ${probe('w.tenant_id', 'l.tenant_id')} AND ${probe('w.id', 'l.id')}
),
waiting AS MATERIALIZED (
  -- Also what was to be sent once more by then; a row that is locked is asked for once more, or withdrawn, at this moment.
  -- Of probes of three columns the planner would use two alone.
  SELECT x.id
  FROM input i
  JOIN endpoint e ON e.tenant_id = i.tenant_id AND e.id = i.endpoint_id
  CROSS JOIN LATERAL (
    SELECT id FROM webhook_deliveries d
    WHERE d.tenant_id = i.tenant_id AND d.endpoint_id = i.endpoint_id AND d.event_id = i.event_id LIMIT 1
    FOR UPDATE SKIP LOCKED
  ) x
),
ended AS (
  DELETE FROM webhook_deliveries d USING waiting x WHERE ${probe('d.id', 'x.id')}
),
attempted AS (
  INSERT INTO webhook_attempts (tenant_id, endpoint_id, event_xid, event_id, event_type, url, attempt, outcome, status, latency_ms, answer)
  SELECT i.tenant_id, i.endpoint_id, i.event_xid, i.event_id, i.event_type, i.url, i.attempts + 1, 'taken', i.status, i.latency_ms, i.answer
  FROM input i
  JOIN endpoint e ON e.tenant_id = i.tenant_id AND e.id = i.endpoint_id
)
${busyEndpoints('endpoint')}`,
)

/**
 * Records attempts that were taken: they wait no more.
 * @returns the ids of endpoints that somebody is deleting: of those nothing was recorded, and it is to be tried again.
 */
export async function settleTakenWebhooks(
  engine: Pool,
  attempts: readonly WebhookAttemptToSettle[],
): Promise<Set<string>> {
  return readBusy(await run(engine, settleTaken, takenInput.values(attempts)))
}

/** Records attempts that were not taken. Nothing is recorded of endpoints that somebody is changing, as above. */
export async function settleFailedWebhooks(
  engine: Pool,
  attempts: readonly WebhookAttemptToSettle[],
): Promise<Set<string>> {
  return readBusy(await run(engine, settleFailed, failedInput.values(attempts)))
}
