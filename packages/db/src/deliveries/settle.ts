import type { Pool } from 'pg'
import { toStorableJson } from '../storable-json.js'

/**
 * How a claimed delivery ended: for good, or kept in its lane and its chat's place. Of the latter `retry`
 * counts an attempt and waits, `advance` goes on with the next part of the message, `degrade` goes on at once
 * without what `dropped` names, `release` only gives it back. `pauseChatMs` holds back the whole chat.
 */
export interface Settlement {
  id: string
  /** The turn that claimed it. */
  turnId: string
  result: 'sent' | 'failed' | 'expired' | 'unknown' | 'advance' | 'retry' | 'degrade' | 'release'
  messageIds: number[]
  failure: { code: string } | undefined
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
}

// Only rows of a lane that the turn still holds are touched: what it writes after another took the lane
// changes nothing. What goes back into the lane ends there if its notification was cancelled meanwhile.
const statement = `
WITH input AS MATERIALIZED (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[], $6::float8[], $7::float8[], $8::float8[], $9::bool[], $10::text[], $11::int[])
    AS i (id, turn_id, result, message_ids, failure, retry_in_ms, pause_chat_ms, answered_ago_ms, is_group, dropped, message_count)
),
mine AS MATERIALIZED (
  SELECT i.id, i.message_ids, i.failure, i.retry_in_ms, i.pause_chat_ms, i.is_group, i.dropped, i.message_count, r.result, p.kind, p.tenant_id, p.notification_id, p.bot_id, p.chat_id, p.is_counted,
    CASE p.kind WHEN 'change' THEN p.reply END AS change,
    r.result IN ('sent', 'failed', 'expired', 'unknown', 'cancelled') AS is_final,
    clock_timestamp() - make_interval(secs => i.answered_ago_ms / 1000) AS answered_at
  FROM input i JOIN pending_deliveries p ON p.id = i.id AND p.claimed_by = i.turn_id
  JOIN lanes l ON l.bot_id = p.bot_id AND l.holder = i.turn_id
  CROSS JOIN LATERAL (
    SELECT CASE WHEN i.result IN ('advance', 'retry', 'degrade', 'release') AND p.kind = 'notification' AND (
      SELECT n.cancelled_at IS NOT NULL FROM notifications n WHERE n.tenant_id = p.tenant_id AND n.id = p.notification_id
    ) THEN 'cancelled' ELSE i.result END AS result
  ) r
  FOR UPDATE OF p
),
ended AS (
  DELETE FROM pending_deliveries p USING mine m WHERE p.id = m.id AND m.is_final
),
kept AS (
  UPDATE pending_deliveries p SET
    claimed_by = NULL,
    attempts = CASE m.result WHEN 'advance' THEN 0 WHEN 'retry' THEN p.attempts + 1 ELSE p.attempts END,
    part = CASE m.result WHEN 'advance' THEN coalesce(p.part, 0) + 1 ELSE p.part END,
    dropped = CASE WHEN m.dropped IS NULL THEN p.dropped ELSE coalesce(p.dropped, '{}') || m.dropped END,
    not_before = clock_timestamp() + make_interval(secs => m.retry_in_ms / 1000)
  FROM mine m WHERE p.id = m.id AND NOT m.is_final
),
written AS (
  UPDATE deliveries d SET
    status = CASE WHEN m.is_final THEN m.result ELSE d.status END,
    attempts = d.attempts + CASE WHEN m.answered_at IS NULL OR m.pause_chat_ms IS NOT NULL THEN 0 ELSE 1 END,
    telegram_message_ids = d.telegram_message_ids || ARRAY(SELECT jsonb_array_elements_text(m.message_ids)::bigint),
    part = CASE m.result WHEN 'advance' THEN coalesce(d.part, 0) + 1 ELSE d.part END,
    sent_at = CASE m.result WHEN 'sent' THEN m.answered_at END,
    dropped = CASE WHEN m.dropped IS NULL THEN d.dropped ELSE coalesce(d.dropped, '{}') || m.dropped END,
    failure = m.failure
  FROM mine m
  WHERE m.kind = 'notification' AND d.tenant_id = m.tenant_id AND d.id = m.id AND (m.is_final OR m.answered_at IS NOT NULL)
),
changed AS (
  -- Where something else was asked for since, that is what is shown.
  UPDATE deliveries d SET change = d.change || jsonb_build_object('at', clock_timestamp(),
    'status', CASE m.result WHEN 'sent' THEN 'done' ELSE 'failed' END, 'failure', m.failure)
  FROM mine m
  WHERE m.kind = 'change' AND m.is_final AND d.tenant_id = m.tenant_id AND d.id = (m.change ->> 'delivery_id')::uuid
    AND d.change ->> 'row' = m.id::text
),
counted AS (
  INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, reason, count)
  SELECT tenant_id, notification_id, result, coalesce(failure ->> 'code', ''), count(*) FROM mine WHERE is_counted AND is_final
  GROUP BY tenant_id, notification_id, result, coalesce(failure ->> 'code', '')
  ORDER BY tenant_id, notification_id, result, coalesce(failure ->> 'code', '')
  ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
),
noted AS (
  INSERT INTO events (tenant_id, type, data)
  SELECT tenant_id, 'notification.' || result, jsonb_build_object('notification_id', notification_id, 'delivery_id', id)
  FROM mine WHERE kind = 'notification' AND is_final
  UNION ALL
  SELECT tenant_id, 'notification.degraded', jsonb_build_object('notification_id', notification_id, 'delivery_id', id, 'dropped', dropped)
  FROM mine WHERE kind = 'notification' AND dropped IS NOT NULL
  UNION ALL
  SELECT tenant_id, 'notification.' || CASE WHEN result <> 'sent' THEN 'change_failed' WHEN change ->> 'type' = 'delete' THEN 'deleted' ELSE 'edited' END,
    jsonb_build_object('notification_id', notification_id, 'delivery_id', (change ->> 'delivery_id')::uuid)
  FROM mine WHERE kind = 'change' AND is_final
),
paced AS (
  UPDATE chats c SET
    last_sent_at = (c.last_sent_at || s.answered_at)[
      greatest(1, cardinality(c.last_sent_at) + cardinality(s.answered_at) - CASE c.type WHEN 'private' THEN 0 ELSE 19 END):],
    paused_until = greatest(c.paused_until, clock_timestamp() + make_interval(secs => s.pause_chat_ms / 1000))
  FROM (
    SELECT bot_id, chat_id, max(pause_chat_ms) AS pause_chat_ms,
      coalesce(array_agg(answered_at ORDER BY answered_at) FILTER (WHERE answered_at IS NOT NULL), '{}') AS answered_at
    -- An album is one call and several messages.
    FROM mine CROSS JOIN LATERAL generate_series(1, message_count)
    WHERE answered_at IS NOT NULL AND (is_group OR pause_chat_ms IS NOT NULL) GROUP BY bot_id, chat_id
  ) s
  WHERE c.bot_id = s.bot_id AND c.chat_id = s.chat_id
)
SELECT id::text FROM mine`

/** Records what became of deliveries of any lanes, in one statement. @returns the ids of those that their turns still held. */
export async function settleDeliveries(engine: Pool, settlements: Settlement[]): Promise<Set<string>> {
  const column = <T>(read: (item: Settlement) => T): T[] => settlements.map(read)
  const { rows } = await engine.query<{ id: string }>({
    name: 'settle-deliveries',
    text: statement,
    values: [
      column(({ id }) => id),
      column(({ turnId }) => turnId),
      column(({ result }) => result),
      column(({ messageIds }) => JSON.stringify(messageIds)),
      column(({ failure }) => (failure === undefined ? null : toStorableJson(failure))),
      column(({ retryInMs }) => retryInMs ?? null),
      column(({ pauseChatMs }) => pauseChatMs ?? null),
      column(({ answeredAgoMs }) => answeredAgoMs ?? null),
      column(({ isGroup }) => isGroup),
      column(({ dropped }) => dropped ?? null),
      column(({ messageCount }) => messageCount),
    ],
  })
  return new Set(rows.map(({ id }) => id))
}
