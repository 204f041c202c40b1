import { eventsBy, eventsOf, insertEvents } from '../events/insert-events.js'
import { probe } from '../sql.js'
import { finalStatuses, jsonNow } from './delivery-states.js'

interface Ending {
  /**
   * The CTE of what ends, its rows locked: `id`, `tenant_id`, `notification_id`, `kind`, `status` (a final one),
   * `failure`, `is_counted`, and `body` of an edit.
   */
  from: string
  /** Where the rows are: what is in a lane, what waits outside of the lanes, or both. */
  leaves: readonly ('lane' | 'waiting')[]
  /** Further columns of `deliveries d` to set, with the SQL of their values; `e` is the row that ends. */
  alsoSets?: Record<string, string>
  /** Further rows of events. */
  alsoTells?: string[]
}

const reference = { notification_id: 'notification_id', delivery_id: 'id' }
const editReference = { notification_id: 'notification_id', delivery_id: "(body ->> 'delivery_id')::uuid" }

const endTypes = Object.fromEntries(finalStatuses.map((status) => [status, `notification.${status}` as const]))

/**
 * The CTEs by which deliveries, replies and edits end, for good: the row leaves its table, the status is written,
 * the sums of a broadcast grow, a question that may have reached nobody is looked at, and the tenant is told.
 */
export function endDeliveries({ from, leaves, alsoSets = {}, alsoTells = [] }: Ending): string {
  const sets = Object.entries({ status: 'e.status', failure: 'e.failure', ended_at: 'clock_timestamp()', ...alsoSets })
  return `${leaves.map((where) => leave(where, from)).join(',\n')},
ended_deliveries AS (
  UPDATE deliveries d SET
    ${sets.map(([column, value]) => `${column} = ${value}`).join(',\n    ')}
  FROM ${from} e
  WHERE e.kind = 'notification' AND ${probe('d.tenant_id', 'e.tenant_id')} AND ${probe('d.id', 'e.id')}
),
ended_edits AS (
  -- Where something else was asked for since, that is what is shown.
  UPDATE deliveries d SET edit = d.edit || jsonb_build_object(
    'at', ${jsonNow},
    'status', CASE e.status WHEN 'sent' THEN 'done' ELSE 'failed' END,
    'failure', e.failure
  )
  FROM ${from} e
  WHERE e.kind = 'edit' AND ${probe('d.tenant_id', 'e.tenant_id')} AND ${probe('d.id', "(e.body ->> 'delivery_id')::uuid")}
    AND d.edit ->> 'row' = e.id::text
),
doubted_questions AS (
  INSERT INTO question_doubts (tenant_id, question_id)
  SELECT DISTINCT q.tenant_id, q.id
  FROM ${from} e
  CROSS JOIN LATERAL (
    SELECT q.tenant_id, q.id FROM questions q
    WHERE ${probe('q.tenant_id', 'e.tenant_id')} AND ${probe('q.id', 'e.notification_id')} AND q.status = 'open'
    LIMIT 1
  ) q
  -- Who has not got it cannot answer, nor who has it no more.
  WHERE (e.kind = 'notification' AND e.status <> 'sent')
    OR (e.kind = 'edit' AND e.status = 'sent' AND e.body ->> 'type' = 'delete')
),
counted_ends AS (
  INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, reason, count)
  SELECT tenant_id, notification_id, status, coalesce(failure ->> 'code', ''), count(*)
  FROM ${from}
  WHERE is_counted
  GROUP BY 1, 2, 3, 4
  -- In one order, so that two of these cannot wait for each other.
  ORDER BY 1, 2, 3, 4
  ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
),
told_ends AS (
  ${insertEvents(
    eventsBy('status', endTypes, { from, data: reference, where: "kind = 'notification'" }),
    eventsBy(
      `CASE WHEN status <> 'sent' THEN 'failed' ELSE body ->> 'type' END`,
      { failed: 'notification.edit_failed', delete: 'notification.deleted', edit: 'notification.edited' },
      { from, data: editReference, where: "kind = 'edit'" },
    ),
    ...alsoTells,
  )}
)`
}

function leave(where: 'lane' | 'waiting', from: string): string {
  const [name, table] = where === 'lane' ? ['left_lanes', lanes] : ['left_waiting', 'waiting_deliveries']
  return `${name} AS (
  ${leaveTable(table, `${from} e`, probe('w.id', 'e.id'))}
)`
}

const lanes = 'pending_deliveries'

/** The DELETE of rows `w` of the lanes that end and of which nothing has to be read before. */
export function leaveLanes(from: string, condition: string): string {
  return leaveTable(lanes, from, condition)
}

function leaveTable(table: string, from: string, condition: string): string {
  return `DELETE FROM ${table} w USING ${from} WHERE ${condition}`
}

/** The events of rows that go on without a part of their message, which `dropped` names, because of a `refusal`. */
export function degradedIn(from: string): string {
  return eventsOf('notification.degraded', {
    from,
    data: {
      ...reference,
      dropped: 'dropped',
      reason: "refusal ->> 'code'",
      description: "coalesce(refusal ->> 'telegram_description', '')",
    },
    where: "kind = 'notification' AND dropped IS NOT NULL",
  })
}
