import type { Pool } from 'pg'
import { defineStatement, type Executor, probe, run } from '../sql.js'
import { isOfNotification } from './of-notification.js'

/** A question, with whom of its users an answer is from. */
export interface AskedQuestion {
  tenantId: string
  id: string
  connectionId: string
  userId: string
}

const findReplied = defineStatement(
  'find-question-of-message',
  `
SELECT q.tenant_id, q.id, d.connection_id, d.user_id
FROM connections c
JOIN questions q ON ${probe('q.tenant_id', 'c.tenant_id')} AND q.status = 'open'
CROSS JOIN LATERAL (
  SELECT d.connection_id, d.user_id FROM deliveries d
  WHERE ${isOfNotification('d', 'q.tenant_id', 'q.id')}
    AND d.connection_id = c.id AND $3::bigint = ANY (d.telegram_message_ids)
  LIMIT 1
) d
WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', '$2::bigint')} AND c.status = 'active'
LIMIT 1`,
)

/** Finds the open question that a message in a chat has asked. */
export async function findQuestionOfMessage(
  on: Executor,
  message: { botId: string; chatId: bigint; messageId: number },
): Promise<AskedQuestion | undefined> {
  const [question] = await run<AskedQuestion>(on, findReplied, [message.botId, message.chatId, message.messageId])
  return question
}

const countMax = 200

const findOverdue = defineStatement(
  'find-overdue-questions',
  `
SELECT q.tenant_id, q.id FROM questions q
WHERE q.status = 'open' AND q.expires_at <= now()
ORDER BY q.expires_at LIMIT ${countMax}`,
)

/** Finds open questions whose time is over. */
export function findOverdueQuestions(engine: Pool): Promise<{ tenantId: string; id: string }[]> {
  return run<{ tenantId: string; id: string }>(engine, findOverdue, [])
}

const findHopeless = defineStatement(
  'find-hopeless-questions',
  `
WITH looked_at AS MATERIALIZED (
  SELECT q.tenant_id, q.id FROM questions q
  WHERE q.status = 'open' AND q.checked_at < now() - interval '1 second' AND q.expires_at > now()
  ORDER BY q.checked_at LIMIT ${countMax}
  FOR UPDATE SKIP LOCKED
),
checked AS (
  UPDATE questions q SET checked_at = now()
  FROM looked_at l
  WHERE ${probe('q.tenant_id', 'l.tenant_id')} AND ${probe('q.id', 'l.id')}
)
SELECT l.tenant_id, l.id, f.reason
FROM looked_at l
CROSS JOIN LATERAL (
  SELECT
    bool_or(d.status IN ('queued', 'scheduled', 'awaiting_user') OR (d.status IN ('sent', 'unknown') AND k.status = 'active')) AS has_hope,
    min(CASE
      WHEN d.status IN ('sent', 'unknown') THEN 'recipient_' || k.status
      ELSE coalesce(d.failure ->> 'code', d.status)
    END) AS reason
  FROM deliveries d
  LEFT JOIN connections k ON ${probe('k.tenant_id', 'd.tenant_id')} AND ${probe('k.id', 'd.connection_id')}
  WHERE ${isOfNotification('d', 'l.tenant_id', 'l.id')}
) f
WHERE f.has_hope IS NOT TRUE AND f.reason IS NOT NULL`,
)

/** A question that nobody can answer any more, and why. */
export interface HopelessQuestion {
  tenantId: string
  id: string
  reason: string
}

/** Finds open questions that reached nobody, or whose chats are all gone, among those that were not looked at lately. */
export function findHopelessQuestions(engine: Pool): Promise<HopelessQuestion[]> {
  return run<HopelessQuestion>(engine, findHopeless, [])
}
