import type { Pool } from 'pg'
import { defineStatement, type Executor, probe, run, type Statement } from '../sql.js'
import { isOfNotification } from './of-notification.js'

/** A question, with whom of its users an answer is from. */
export interface AskedQuestion {
  tenantId: string
  id: string
  connectionId: string
  userId: string
}

/** The SQL of the question that a message in a chat has asked. @param candidates the SELECT of questions of `c.tenant_id`. */
const askedBy = (candidates: string): string => `
SELECT q.tenant_id, q.id, d.connection_id, d.user_id
FROM connections c
CROSS JOIN LATERAL (${candidates}) q
CROSS JOIN LATERAL (
  SELECT d.connection_id, d.user_id FROM deliveries d
  WHERE ${isOfNotification('d', 'q.tenant_id', 'q.id')}
    AND d.connection_id = c.id AND $3::bigint = ANY (d.telegram_message_ids)
  LIMIT 1
) d
WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', '$2::bigint')} AND c.status = 'active'
LIMIT 1`

/** So many of a tenant's questions are looked through for the one that somebody answers, and for one that has ended. */
const [openMax, endedMax] = [1_000, 200]

const findOpen = defineStatement(
  'find-question-of-message',
  askedBy(`
  SELECT q.tenant_id, q.id FROM questions q
  WHERE ${probe('q.tenant_id', 'c.tenant_id')} AND q.status = 'open' ORDER BY q.tenant_id, q.id DESC LIMIT ${openMax}
`),
)
const findEnded = defineStatement(
  'find-ended-question-of-message',
  askedBy(`
  SELECT q.tenant_id, q.id FROM questions q
  WHERE q.tenant_id = c.tenant_id AND q.status <> 'open' ORDER BY q.id DESC LIMIT ${endedMax}
`),
)

/** A message of ours in a chat. */
interface MessageInChat {
  botId: string
  chatId: bigint
  messageId: number
}

/**
 * Finds the open question that a message in a chat has asked, among the latest of its tenant: for those of which it is not known
 * when they were sent.
 */
export async function findQuestionOfMessage(on: Executor, message: MessageInChat): Promise<AskedQuestion | undefined> {
  return findAsked(on, findOpen, message)
}

/** Finds the question that a message in a chat has asked and that has ended, among the latest of its tenant. */
export async function findEndedQuestionOfMessage(
  on: Executor,
  message: MessageInChat,
): Promise<AskedQuestion | undefined> {
  return findAsked(on, findEnded, message)
}

async function findAsked(
  on: Executor,
  statement: Statement,
  { botId, chatId, messageId }: MessageInChat,
): Promise<AskedQuestion | undefined> {
  const [question] = await run<AskedQuestion>(on, statement, [botId, chatId, messageId])
  return question
}

const countMax = 200

const findOverdue = defineStatement(
  'find-overdue-questions',
  `
SELECT q.tenant_id, q.id FROM questions q
WHERE q.status = 'open' AND q.expires_at <= now() AND q.id <> ALL ($1::uuid[])
ORDER BY q.expires_at LIMIT ${countMax}`,
)

/** Finds open questions whose time is over, but for some. */
export function findOverdueQuestions(
  engine: Pool,
  exceptIds: readonly string[],
): Promise<{ tenantId: string; id: string }[]> {
  return run<{ tenantId: string; id: string }>(engine, findOverdue, [exceptIds])
}

const findDoubts = defineStatement(
  'find-question-doubts',
  `SELECT number::text, tenant_id, question_id AS id FROM question_doubts
  WHERE due_at <= now() ORDER BY due_at LIMIT ${countMax}`,
)

/** An open question of which somebody has to look whether anybody can still answer it. */
export interface QuestionDoubt {
  number: string
  tenantId: string
  id: string
}

/** Finds the doubts that are due. They stay until they are settled. */
export function findQuestionDoubts(engine: Pool): Promise<QuestionDoubt[]> {
  return run<QuestionDoubt>(engine, findDoubts, [])
}

const isTakenBack = "coalesce(d.edit ->> 'type' = 'delete' AND d.edit ->> 'status' = 'done', false)"

const findHopeless = defineStatement(
  'find-hopeless-questions',
  `
SELECT q.tenant_id, q.id, coalesce(f.reason_of_missing, f.reason) AS reason
FROM (SELECT DISTINCT * FROM unnest($1::uuid[], $2::uuid[]) AS d (tenant_id, id)) d
CROSS JOIN LATERAL (
  SELECT q.tenant_id, q.id, q.quorum FROM questions q
  WHERE ${probe('q.tenant_id', 'd.tenant_id')} AND ${probe('q.id', 'd.id')} AND q.status = 'open' AND q.expires_at > now()
  LIMIT 1
) q
CROSS JOIN LATERAL (
  SELECT bool_or(e.has_hope) AS has_hope, min(e.reason) AS reason,
    min(e.reason) FILTER (WHERE NOT e.has_hope AND NOT e.has_answered) AS reason_of_missing
  FROM (
    SELECT
      coalesce(d.status IN ('queued', 'scheduled', 'sent', 'unknown') AND k.status = 'active' AND NOT ${isTakenBack}, false) AS has_hope,
      CASE
        WHEN ${isTakenBack} THEN 'message_deleted'
        WHEN d.status IN ('queued', 'scheduled', 'sent', 'unknown') THEN 'recipient_' || k.status
        -- The question expires with it.
        WHEN d.status = 'expired' THEN NULL
        ELSE coalesce(d.failure ->> 'code', d.status)
      END AS reason,
      a.has_answered IS TRUE AS has_answered
    FROM deliveries d
    LEFT JOIN connections k ON ${probe('k.tenant_id', 'd.tenant_id')} AND ${probe('k.id', 'd.connection_id')}
    LEFT JOIN LATERAL (
      SELECT true AS has_answered FROM question_answers a
      WHERE a.tenant_id = q.tenant_id AND a.question_id = q.id AND a.connection_id = d.connection_id LIMIT 1
    ) a ON true
    WHERE ${isOfNotification('d', 'q.tenant_id', 'q.id')}
  ) e
) f
-- Where everybody is to answer, one who no longer can is enough.
WHERE (q.quorum = 'all' AND f.reason_of_missing IS NOT NULL) OR (f.has_hope IS NOT TRUE AND f.reason IS NOT NULL)`,
)

/** A question that can be answered no more by anybody, or, where everybody is to, by one of them; and why. */
export interface HopelessQuestion {
  tenantId: string
  id: string
  reason: string
}

/** Finds those of the doubted questions that reached nobody, or whose chats are all gone, or one where everybody is to answer. */
export function findHopelessQuestions(engine: Pool, doubts: readonly QuestionDoubt[]): Promise<HopelessQuestion[]> {
  return run<HopelessQuestion>(engine, findHopeless, [
    doubts.map(({ tenantId }) => tenantId),
    doubts.map(({ id }) => id),
  ])
}

const settleDoubts = defineStatement(
  'settle-question-doubts',
  'DELETE FROM question_doubts WHERE number = ANY ($1::bigint[])',
)

/** Settles doubts, once it was looked. */
export async function settleQuestionDoubts(engine: Pool, doubts: readonly QuestionDoubt[]): Promise<void> {
  await run(engine, settleDoubts, [doubts.map(({ number }) => number)])
}

const putOffDoubts = defineStatement(
  'put-off-question-doubts',
  "UPDATE question_doubts SET due_at = now() + interval '1 minute' WHERE number = ANY ($1::bigint[])",
)

/** Puts doubts off that could not be settled, so that they hold up no other. */
export async function putOffQuestionDoubts(engine: Pool, doubts: readonly QuestionDoubt[]): Promise<void> {
  if (doubts.length > 0) await run(engine, putOffDoubts, [doubts.map(({ number }) => number)])
}

const doubtConnections = defineStatement(
  'doubt-connections',
  `
INSERT INTO connection_doubts (tenant_id, connection_id)
SELECT c.tenant_id, c.id
FROM unnest($1::uuid[], $2::uuid[]) AS c (tenant_id, id)
CROSS JOIN LATERAL (
  SELECT FROM questions q WHERE ${probe('q.tenant_id', 'c.tenant_id')} AND q.status = 'open' LIMIT 1
) q`,
)

/** Has the open questions doubted that went to connections which have ended. How many there are does not matter. */
export async function doubtQuestionsOf(
  on: Executor,
  connections: readonly { tenantId: string; id: string }[],
): Promise<void> {
  await run(on, doubtConnections, [connections.map(({ tenantId }) => tenantId), connections.map(({ id }) => id)])
}

/** So many questions of one tenant are looked at by one statement, for so many connections that have ended. */
const [walkedMax, doubtedMax] = [500, 1_000]

const walkQuestions = defineStatement(
  'walk-questions-of-connections',
  `
WITH next AS MATERIALIZED (
  SELECT tenant_id, after_id FROM connection_doubts WHERE due_at <= now() ORDER BY due_at, number LIMIT 1
),
doubted AS MATERIALIZED (
  SELECT c.number, c.connection_id
  FROM next n
  CROSS JOIN LATERAL (
    SELECT c.number, c.connection_id FROM connection_doubts c
    WHERE ${probe('c.tenant_id', 'n.tenant_id')} AND c.after_id = n.after_id ORDER BY c.tenant_id, c.number LIMIT ${doubtedMax}
    FOR UPDATE SKIP LOCKED
  ) c
),
walked AS MATERIALIZED (
  SELECT q.tenant_id, q.id
  FROM next n
  CROSS JOIN LATERAL (
    SELECT q.tenant_id, q.id FROM questions q
    WHERE ${probe('q.tenant_id', 'n.tenant_id')} AND q.status = 'open' AND q.id > n.after_id
    ORDER BY q.tenant_id, q.id LIMIT ${walkedMax}
  ) q
),
added AS (
  INSERT INTO question_doubts (tenant_id, question_id)
  SELECT w.tenant_id, w.id
  FROM walked w
  CROSS JOIN LATERAL (
    SELECT FROM deliveries d
    WHERE ${isOfNotification('d', 'w.tenant_id', 'w.id')} AND d.connection_id IN (SELECT connection_id FROM doubted)
    LIMIT 1
  ) d
),
moved AS (
  -- Those that come meanwhile are walked for afterwards, together.
  UPDATE connection_doubts c SET after_id = l.id
  FROM doubted d, (SELECT id FROM walked ORDER BY id DESC LIMIT 1) l
  WHERE ${probe('c.number', 'd.number')} AND (SELECT count(*) FROM walked) = ${walkedMax}
),
ended AS (
  DELETE FROM connection_doubts c USING doubted d
  WHERE ${probe('c.number', 'd.number')} AND (SELECT count(*) FROM walked) < ${walkedMax}
)
SELECT count(*)::int AS count FROM doubted`,
)

/**
 * Looks through a stretch of the open questions of a tenant for those that went to connections which have ended, and doubts them.
 * @returns whether there may be more to look through.
 */
export async function walkDoubtedConnections(engine: Pool): Promise<boolean> {
  const [walked] = await run<{ count: number }>(engine, walkQuestions, [])
  return (walked?.count ?? 0) > 0
}

const putOffConnections = defineStatement(
  'put-off-connection-doubts',
  `
UPDATE connection_doubts c SET due_at = now() + interval '1 minute'
FROM (SELECT tenant_id, after_id FROM connection_doubts WHERE due_at <= now() ORDER BY due_at, number LIMIT 1) n
WHERE ${probe('c.tenant_id', 'n.tenant_id')} AND c.after_id = n.after_id`,
)

/** Puts off the connections whose questions could not be looked through, so that they hold up no others. */
export async function putOffDoubtedConnections(engine: Pool): Promise<void> {
  await run(engine, putOffConnections, [])
}
