import type { Pool } from 'pg'
import { eventsOf, insertEvents } from '../events/insert-events.js'
import { answersByItself, autoAnswerPause } from '../inbox/auto-answer.js'
import { inboxOf, returningHeard } from '../inbox/record-heard.js'
import { toStorableJson } from '../storable-json.js'
import { defineStatement, type Executor, inputRows, probe, run } from '../sql.js'

/** An update that waits to be handled. */
export interface WaitingUpdate {
  updateId: string
  chatId: string
  kind: string
  payload: unknown
  attempts: number
}

/** A chat waits for an update that fails, but not for longer than it takes to fail so often. */
const waitedForAttempts = 4

const isDue = 'u.parked_at IS NULL AND coalesce(u.retry_at <= clock_timestamp(), true)'

const find = defineStatement(
  'find-waiting-updates',
  `
SELECT u.update_id::text, u.chat_id::text, u.kind, u.payload, u.attempts
FROM updates u
WHERE u.bot_id = $1 AND ${isDue} AND NOT EXISTS (
  SELECT FROM updates e
  WHERE e.bot_id = u.bot_id AND e.chat_id = u.chat_id AND e.update_id < u.update_id
    AND e.attempts > 0 AND e.attempts < ${waitedForAttempts} AND e.parked_at IS NULL AND e.retry_at > clock_timestamp()
)
ORDER BY u.update_id LIMIT $2`,
)

/** Finds what waits to be handled for a bot, in the order in which it came. */
export function findWaitingUpdates(engine: Pool, botId: string, countMax: number): Promise<WaitingUpdate[]> {
  return run(engine, find, [botId, countMax])
}

// Skips from bot to bot like the search for due lanes.
const findBots = defineStatement(
  'find-bots-with-updates',
  `
WITH RECURSIVE busy AS (
  (SELECT u.bot_id FROM updates u WHERE u.parked_at IS NULL ORDER BY u.bot_id LIMIT 1)
  UNION ALL
  SELECT n.bot_id
  FROM busy s
  CROSS JOIN LATERAL (
    SELECT u.bot_id FROM updates u WHERE u.parked_at IS NULL AND u.bot_id > s.bot_id ORDER BY u.bot_id LIMIT 1
  ) n
)
SELECT s.bot_id
FROM busy s
WHERE EXISTS (
  SELECT FROM updates u
  WHERE u.bot_id = s.bot_id AND ${isDue} AND u.received_at < clock_timestamp() - interval '1 second'
)`,
)

/** Finds bots with updates that were stored more than a second ago and still wait. */
export async function findBotsWithUpdates(engine: Pool): Promise<string[]> {
  const rows = await run<{ botId: string }>(engine, findBots, [])
  return rows.map(({ botId }) => botId)
}

const take = defineStatement(
  'take-update',
  'DELETE FROM updates WHERE bot_id = $1::uuid AND update_id = $2::bigint AND parked_at IS NULL RETURNING 1',
)

/**
 * Takes an update out of the queue, for as long as the transaction lasts that is to handle it: what else is being handled
 * in its place is waited for. @returns false where it was handled meanwhile.
 */
export async function takeUpdate(on: Executor, botId: string, updateId: string): Promise<boolean> {
  return (await run(on, take, [botId, updateId])).length === 1
}

/** An update that asks for nothing if its chat is known, and, where it is a person's, connected. */
export interface IdleUpdate {
  updateId: string
  chatId: string
  /** Whatever the chat is, it means nothing. */
  isOfNoKind: boolean
  /** The chat's type, title, username and language, as the update has them. */
  type: string | undefined
  title: string | undefined
  username: string | undefined
  languageCode: string | undefined
  /** When it happened, in seconds. */
  date: number | undefined
  /** What the tenant of the chat is told of it, but for whose it is. */
  event: object | undefined
}

const idle = inputRows(
  'input',
  {
    update_id: 'bigint',
    chat_id: 'bigint',
    is_of_no_kind: 'bool',
    type: 'text',
    title: 'text',
    username: 'text',
    language_code: 'text',
    date: 'float8',
    event: 'jsonb',
  },
  2,
)

/** As they were described. */
const messageFields = {
  chat_type: "event -> 'chat_type'",
  message_id: "event -> 'message_id'",
  content_type: "event -> 'content_type'",
  text: "event -> 'text'",
  file: "event -> 'file'",
  content: "event -> 'content'",
  from: "event -> 'from'",
  reply_to_message_id: "event -> 'reply_to_message_id'",
  reply_to_notification_id: "event -> 'reply_to_notification_id'",
  sent_at: "event -> 'sent_at'",
}

const passOver = defineStatement(
  'pass-over-updates',
  `
WITH ${idle.text},
candidates AS MATERIALIZED (
  SELECT i.*
  FROM input i
  WHERE i.is_of_no_kind OR EXISTS (
    SELECT FROM chats c
    WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', 'i.chat_id')} AND c.blocked_at IS NULL
  ) AND (i.type <> 'private' OR (
    EXISTS (SELECT FROM connections k WHERE ${probe('k.bot_id', '$1::uuid')} AND ${probe('k.chat_id', 'i.chat_id')} AND k.status = 'active')
    AND NOT EXISTS (SELECT FROM connections k WHERE ${probe('k.bot_id', '$1::uuid')} AND ${probe('k.chat_id', 'i.chat_id')} AND k.status = 'blocked')
  )) AND (i.event IS NULL OR 1 >= (
    -- Of several tenants somebody has to find out whom it is for.
    SELECT count(DISTINCT k.tenant_id) FROM (
      SELECT k.tenant_id FROM connections k
      WHERE ${probe('k.bot_id', '$1::uuid')} AND ${probe('k.chat_id', 'i.chat_id')} AND k.status = 'active'
      OFFSET 0
    ) k
  )) AND (i.event IS NULL OR i.type <> 'private' OR NOT EXISTS (
    -- Somebody has to say that nobody may read it.
    SELECT FROM connections k
    JOIN tenants t ON ${probe('t.id', 'k.tenant_id')} AND ${answersByItself('t')}
    JOIN chats c
      ON ${probe('c.bot_id', 'k.bot_id')} AND ${probe('c.chat_id', 'k.chat_id')}
      AND coalesce(c.auto_answered_at < now() - ${autoAnswerPause}, true)
    WHERE ${probe('k.bot_id', '$1::uuid')} AND ${probe('k.chat_id', 'i.chat_id')} AND k.status = 'active'
  ))
),
-- Somebody else may be handling the same: what counts is who takes it out of the queue. All do so in one order.
waiting AS MATERIALIZED (
  SELECT u.update_id
  FROM candidates i
  JOIN updates u ON ${probe('u.bot_id', '$1::uuid')} AND ${probe('u.update_id', 'i.update_id')} AND u.parked_at IS NULL
  ORDER BY u.update_id
  FOR UPDATE OF u
),
taken AS (
  DELETE FROM updates u USING waiting w WHERE ${probe('u.bot_id', '$1::uuid')} AND ${probe('u.update_id', 'w.update_id')}
  RETURNING u.update_id
),
idle AS MATERIALIZED (
  SELECT i.* FROM candidates i JOIN taken t ON t.update_id = i.update_id
),
heard AS (
  SELECT i.event, k.tenant_id, k.user_id, k.id AS connection_id
  FROM idle i
  JOIN connections k ON ${probe('k.bot_id', '$1::uuid')} AND ${probe('k.chat_id', 'i.chat_id')} AND k.status = 'active'
  WHERE i.event IS NOT NULL
  ORDER BY i.update_id
),
told AS (
  ${insertEvents(
    eventsOf('message.received', {
      from: 'heard',
      data: {
        ...messageFields,
        user_id: 'user_id',
        connection_id: 'connection_id',
      },
    }),
  )}
  ${returningHeard}
),
${inboxOf('told')},
noted AS (
  -- A change of membership that is told late counts for nothing.
  UPDATE chats c SET
    type = i.type,
    title = i.title,
    username = i.username,
    language_code = coalesce(i.language_code, c.language_code),
    membership_at = CASE
      WHEN i.type = 'private' THEN greatest(c.membership_at, to_timestamp(i.date))
      ELSE c.membership_at
    END
  FROM (SELECT DISTINCT ON (chat_id) * FROM idle WHERE NOT is_of_no_kind ORDER BY chat_id, update_id DESC) i
  WHERE ${probe('c.bot_id', '$1::uuid')} AND ${probe('c.chat_id', 'i.chat_id')}
)
SELECT update_id::text FROM taken`,
)

/** Takes those of the updates out of the queue that ask for nothing, and notes what they say of their chats. @returns their numbers. */
export async function passOverUpdates(
  engine: Pool,
  botId: string,
  updates: readonly IdleUpdate[],
): Promise<Set<string>> {
  const rows = await run<{ updateId: string }>(engine, passOver, [
    botId,
    ...idle.values(updates.map((update) => ({ ...update, event: update.event && toStorableJson(update.event) }))),
  ])
  return new Set(rows.map(({ updateId }) => updateId))
}

const recordFailure = defineStatement(
  'record-update-failure',
  `
UPDATE updates SET
  attempts = attempts + 1,
  failure = $3,
  retry_at = clock_timestamp() + make_interval(secs => $4::float8 / 1000),
  parked_at = CASE WHEN $4::float8 IS NULL THEN clock_timestamp() END
WHERE bot_id = $1 AND update_id = $2`,
)

/** Records that an update could not be handled. @param retryInMs undefined where it is not to be tried again. */
export async function recordUpdateFailure(
  engine: Pool,
  { botId, updateId }: { botId: string; updateId: string },
  { failure, retryInMs }: { failure: string; retryInMs: number | undefined },
): Promise<void> {
  await run(engine, recordFailure, [botId, updateId, failure, retryInMs ?? null])
}
