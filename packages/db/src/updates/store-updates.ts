import type { Pool } from 'pg'
import { newId } from '../ids.js'
import { defineStatement, inputRows, run } from '../sql.js'
import { toStorableJson } from '../storable-json.js'

export interface UpdateToStore {
  updateId: number
  chatId: number
  kind: string
  payload: unknown
}

const input = inputRows(
  'input',
  { id: 'uuid', update_id: 'bigint', chat_id: 'bigint', kind: 'text', payload: 'jsonb' },
  2,
)

const store = defineStatement(
  'store-updates',
  `
WITH ${input.text},
fresh AS (
  INSERT INTO update_receipts (bot_id, update_id)
  SELECT $1, update_id FROM input ORDER BY update_id
  ON CONFLICT DO NOTHING
  RETURNING update_id
)
INSERT INTO updates (bot_id, id, update_id, chat_id, kind, payload)
SELECT $1, i.id, i.update_id, i.chat_id, i.kind, i.payload
FROM input i
JOIN fresh f ON f.update_id = i.update_id
RETURNING 1`,
)

/** Stores what a bot was told, each update once however often it comes. @returns how many were new. */
export async function storeUpdates(engine: Pool, botId: string, updates: readonly UpdateToStore[]): Promise<number> {
  const rows = updates.map((update) => ({ ...update, id: newId(), payload: toStorableJson(update.payload) }))
  return (await run(engine, store, [botId, ...input.values(rows)])).length
}

const findChats = defineStatement(
  'find-chats-with-updates',
  `
SELECT chat_id::text
FROM updates
WHERE bot_id = $1 AND handled_at IS NULL
GROUP BY chat_id
ORDER BY min(update_id) LIMIT $2`,
)

/** Finds chats of a bot with updates that wait to be handled, those that wait longest first. */
export async function findChatsWithUpdates(engine: Pool, botId: string, countMax: number): Promise<string[]> {
  const rows = await run<{ chatId: string }>(engine, findChats, [botId, countMax])
  return rows.map(({ chatId }) => chatId)
}

// Skips from bot to bot like the search for due lanes.
const findBots = defineStatement(
  'find-bots-with-updates',
  `
WITH RECURSIVE busy AS (
  (SELECT u.bot_id FROM updates u WHERE u.handled_at IS NULL ORDER BY u.bot_id LIMIT 1)
  UNION ALL
  SELECT n.bot_id
  FROM busy s
  CROSS JOIN LATERAL (
    SELECT u.bot_id FROM updates u WHERE u.handled_at IS NULL AND u.bot_id > s.bot_id ORDER BY u.bot_id LIMIT 1
  ) n
)
SELECT s.bot_id
FROM busy s
WHERE EXISTS (
  SELECT FROM updates u
  WHERE u.bot_id = s.bot_id AND u.handled_at IS NULL AND u.received_at < clock_timestamp() - interval '1 second'
)`,
)

/** Finds bots with updates that were stored more than a second ago and still wait. */
export async function findBotsWithUpdates(engine: Pool): Promise<string[]> {
  const rows = await run<{ botId: string }>(engine, findBots, [])
  return rows.map(({ botId }) => botId)
}
