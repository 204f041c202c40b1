import type { Pool } from 'pg'
import { eventsOf, insertEvents } from '../events/insert-events.js'
import { defineStatement, inputRows, probe, run, runForRows } from '../sql.js'
import { toStorableJson } from '../storable-json.js'
import { type Failure, type FinalStatus, finalStatuses } from './delivery-states.js'
import { degradedIn, endDeliveries, leaveLanes } from './end-deliveries.js'
import { holdDeliveries, isHeld, mayBeHeld } from './hold-deliveries.js'

/**
 * How a claimed delivery ended: for good, or kept in its lane and its chat's place. Of the latter `retry`
 * counts an attempt and waits, `advance` goes on with the next part of the message, `degrade` goes on at once
 * without what `dropped` names, `release` only gives it back. `pauseChatMs` holds back the whole chat.
 */
export interface Settlement {
  id: string
  /** The turn that claimed it. */
  turnId: string
  result: FinalStatus | 'advance' | 'retry' | 'degrade' | 'release'
  messageIds: number[]
  failure: Failure | undefined
  dropped: string | undefined
  retryInMs: number | undefined
  pauseChatMs: number | undefined
  /** How long ago the call was answered, in milliseconds; undefined when none was made. */
  answeredAgoMs: number | undefined
  /**
   * Whether the send counts in its chat's minute. One to a private chat need not be written down: by the
   * time another holder of the lane may send at all, its second is over.
   */
  isGroup: boolean
  /** Messages that the call makes in the chat: more than one for an album. */
  messageCount: number
  /** Nobody knows whether the part was sent. */
  isUnknownPart?: boolean
  /** It was given back before it was handled: what it is suspected of stays. */
  isUntouched?: boolean
  /** Nobody knows whether it was sent, and it is sent again where it can be. */
  mayHaveArrived?: boolean
}

const input = inputRows('input', {
  id: 'uuid',
  turn_id: 'uuid',
  result: 'text',
  message_ids: 'jsonb',
  failure: 'jsonb',
  retry_in_ms: 'float8',
  pause_chat_ms: 'float8',
  answered_ago_ms: 'float8',
  is_group: 'bool',
  dropped: 'text',
  message_count: 'int',
  is_untouched: 'bool',
  is_unknown_part: 'bool',
  may_have_arrived: 'bool',
})

const progress = {
  attempts: 'd.attempts + CASE WHEN e.answered_at IS NULL OR e.pause_chat_ms IS NOT NULL THEN 0 ELSE 1 END',
  telegram_message_ids: 'd.telegram_message_ids || ARRAY(SELECT jsonb_array_elements_text(e.message_ids)::bigint)',
  dropped: "CASE WHEN e.dropped IS NULL THEN d.dropped ELSE coalesce(d.dropped, '{}') || e.dropped END",
}

/** The SQL of what became of a part, as it is kept and shown. */
function partOf(row: string): string {
  return `jsonb_build_object(
    'status', CASE WHEN ${row}.is_unknown_part THEN 'unknown' ELSE 'sent' END,
    'telegram_message_ids', ${row}.message_ids
  )`
}

// Only rows that nobody else has claimed since are touched: what a turn knows counts as long as no other has gone on
// from where it was. What goes back into the lane ends there if its notification was cancelled meanwhile.
const settle = defineStatement(
  'settle-deliveries',
  `
WITH ${input.text},
settled AS MATERIALIZED (
  SELECT
    i.id,
    i.message_ids,
    -- Of what goes on without something it says why.
    CASE WHEN i.dropped IS NULL THEN i.failure END AS failure,
    i.failure AS refusal,
    i.retry_in_ms,
    i.pause_chat_ms,
    i.is_group,
    i.dropped,
    i.message_count,
    i.is_untouched,
    i.is_unknown_part OR (r.result = 'unknown' AND i.result <> 'unknown') AS is_unknown_part,
    i.may_have_arrived,
    r.result,
    p.kind,
    p.tenant_id,
    p.notification_id,
    p.bot_id,
    p.chat_id,
    p.is_counted,
    p.connection_id,
    p.priority,
    p.expires_at,
    CASE p.kind WHEN 'edit' THEN p.body END AS body,
    clock_timestamp() - make_interval(secs => i.answered_ago_ms / 1000) AS answered_at
  FROM input i
  JOIN pending_deliveries p ON ${probe('p.id', 'i.id')} AND p.claimed_by = i.turn_id
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN i.result IN ('advance', 'retry', 'degrade', 'release') AND p.is_cancelled THEN 'cancelled'
      WHEN i.result = 'failed' AND i.failure ->> 'class' = 'recipient' AND ${mayBeHeld('p')} AND EXISTS (
        SELECT FROM connections k
        JOIN tenants t ON ${probe('t.id', 'k.tenant_id')}
        WHERE ${probe('k.tenant_id', 'p.tenant_id')} AND ${probe('k.id', 'p.connection_id')} AND ${isHeld('k', 't')}
      ) THEN 'hold'
      ELSE i.result
    END AS result
  ) w
  CROSS JOIN LATERAL (
    SELECT CASE
      WHEN w.result IN ('cancelled', 'expired') AND p.kind = 'notification' AND (
        p.has_unknown_part OR i.is_unknown_part OR (i.result <> 'advance' AND (p.may_have_arrived OR i.may_have_arrived))
      ) THEN 'unknown'
      ELSE w.result
    END AS result
  ) r
  FOR UPDATE OF p
),
ended AS MATERIALIZED (
  SELECT *, result AS status FROM settled WHERE result IN (${finalStatuses.map((status) => `'${status}'`).join(', ')})
),
${endDeliveries({
  from: 'ended',
  leaves: ['lane'],
  alsoSets: {
    ...progress,
    sent_at: "CASE e.status WHEN 'sent' THEN e.answered_at END",
    // Of a message of one part, the delivery itself says it all.
    parts: `CASE WHEN d.parts IS NOT NULL AND e.status IN ('sent', 'unknown') AND e.answered_at IS NOT NULL
      THEN d.parts || ${partOf('e')} ELSE d.parts END`,
  },
  alsoTells: [degradedIn('settled')],
})},
held AS MATERIALIZED (
  SELECT s.*, k.user_id
  FROM settled s
  JOIN connections k ON ${probe('k.tenant_id', 's.tenant_id')} AND ${probe('k.id', 's.connection_id')}
  WHERE s.result = 'hold'
),
${holdDeliveries('held', "clock_timestamp() + interval '5 seconds'")},
kept AS MATERIALIZED (
  SELECT * FROM settled s WHERE s.result <> 'hold' AND NOT EXISTS (SELECT FROM ended e WHERE e.id = s.id)
),
kept_in_lanes AS (
  UPDATE pending_deliveries p SET
    claimed_by = NULL,
    is_begun = false,
    strikes = CASE WHEN k.is_untouched THEN p.strikes ELSE 0 END,
    has_unknown_part = p.has_unknown_part OR k.is_unknown_part,
    may_have_arrived = k.result <> 'advance' AND (p.may_have_arrived OR k.may_have_arrived),
    attempts = CASE k.result WHEN 'advance' THEN 0 WHEN 'retry' THEN p.attempts + 1 ELSE p.attempts END,
    part = CASE k.result WHEN 'advance' THEN coalesce(p.part, 0) + 1 ELSE p.part END,
    dropped = CASE WHEN k.dropped IS NULL THEN p.dropped ELSE coalesce(p.dropped, '{}') || k.dropped END,
    not_before = clock_timestamp() + make_interval(secs => coalesce(k.retry_in_ms, 0) / 1000)
  FROM kept k
  WHERE ${probe('p.id', 'k.id')}
),
kept_deliveries AS (
  UPDATE deliveries d SET
    attempts = ${progress.attempts},
    telegram_message_ids = ${progress.telegram_message_ids},
    dropped = ${progress.dropped},
    part = CASE e.result WHEN 'advance' THEN coalesce(d.part, 0) + 1 ELSE d.part END,
    parts = CASE e.result WHEN 'advance' THEN coalesce(d.parts, '[]') || ${partOf('e')} ELSE d.parts END
  FROM kept e
  WHERE e.kind = 'notification' AND (e.answered_at IS NOT NULL OR e.result IN ('advance', 'degrade')) AND ${probe('d.tenant_id', 'e.tenant_id')} AND ${probe('d.id', 'e.id')}
),
paced AS (
  UPDATE chats c SET
    last_sent_at = (c.last_sent_at || s.answered_at)[
      greatest(1, cardinality(c.last_sent_at) + cardinality(s.answered_at) - CASE c.type WHEN 'private' THEN 0 ELSE 19 END):
    ],
    paused_until = greatest(c.paused_until, clock_timestamp() + make_interval(secs => s.pause_chat_ms / 1000))
  FROM (
    SELECT bot_id, chat_id, max(pause_chat_ms) AS pause_chat_ms,
      coalesce(array_agg(answered_at ORDER BY answered_at) FILTER (WHERE answered_at IS NOT NULL), '{}') AS answered_at
    -- An album is one call and several messages.
    FROM settled CROSS JOIN LATERAL generate_series(1, message_count)
    WHERE answered_at IS NOT NULL AND (is_group OR pause_chat_ms IS NOT NULL)
    GROUP BY bot_id, chat_id
  ) s
  WHERE ${probe('c.bot_id', 's.bot_id')} AND ${probe('c.chat_id', 's.chat_id')}
)
SELECT id, result FROM settled`,
)

/**
 * Records what became of deliveries of any lanes, in one statement. What was to be sent again, and is cancelled or over
 * instead, has become unknown.
 * @returns the results of those that nobody else had claimed, by id.
 */
export async function settleDeliveries(engine: Pool, settlements: readonly Settlement[]): Promise<Map<string, string>> {
  const values = input.values(
    settlements.map((settlement) => ({
      ...settlement,
      isUntouched: settlement.isUntouched ?? false,
      isUnknownPart: settlement.isUnknownPart ?? false,
      mayHaveArrived: settlement.mayHaveArrived ?? false,
      messageIds: JSON.stringify(settlement.messageIds),
      failure: settlement.failure === undefined ? null : toStorableJson(settlement.failure),
    })),
  )
  const rows = await run<{ id: string; result: string }>(engine, settle, values)
  return new Map(rows.map(({ id, result }) => [id, result]))
}

/** A message to one person that was sent in one call, and of which there is nothing else to say. */
export interface SentDelivery {
  id: string
  /** The turn that claimed it. */
  turnId: string
  messageId: number
  /** How long ago the call was answered, in milliseconds. */
  answeredAgoMs: number
}

const sent = inputRows('input', { id: 'uuid', turn_id: 'uuid', message_id: 'bigint', answered_ago_ms: 'float8' })

// The same moves as above, for what most settlements are.
const settleSent = defineStatement(
  'settle-sent-deliveries',
  `
WITH ${sent.text},
settled AS MATERIALIZED (
  ${leaveLanes('input i', `${probe('w.id', 'i.id')} AND w.claimed_by = i.turn_id`)}
  RETURNING w.id, w.tenant_id, w.notification_id, w.is_counted, i.message_id,
    clock_timestamp() - make_interval(secs => i.answered_ago_ms / 1000) AS answered_at
),
sent_deliveries AS (
  UPDATE deliveries d SET
    status = 'sent',
    failure = NULL,
    ended_at = clock_timestamp(),
    attempts = d.attempts + 1,
    telegram_message_ids = d.telegram_message_ids || e.message_id,
    sent_at = e.answered_at
  FROM settled e
  WHERE ${probe('d.tenant_id', 'e.tenant_id')} AND ${probe('d.id', 'e.id')}
),
counted_sends AS (
  INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, reason, count)
  SELECT tenant_id, notification_id, 'sent', '', count(*)
  FROM settled
  WHERE is_counted
  GROUP BY 1, 2
  ORDER BY 1, 2
  ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
),
told_sends AS (
  ${insertEvents(eventsOf('notification.sent', { from: 'settled', data: { notification_id: 'notification_id', delivery_id: 'id' } }))}
)
SELECT count(*)::int AS count FROM settled`,
)

/** Records that messages were sent, of those that nobody else had claimed. */
export async function settleSentDeliveries(engine: Pool, deliveries: readonly SentDelivery[]): Promise<void> {
  await runForRows(engine, settleSent, sent.values(deliveries))
}
