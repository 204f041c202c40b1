import type { Pool } from 'pg'
import { newId } from '../ids.js'
import { toStorableJson } from '../storable-json.js'

export interface UpdateToStore {
  updateId: number
  chatId: number
  kind: string
  payload: unknown
}

/** Stores what a bot was told, each update once however often it comes. @returns how many were new. */
export async function storeUpdates(engine: Pool, botId: string, updates: UpdateToStore[]): Promise<number> {
  const { rowCount } = await engine.query({
    name: 'store-updates',
    text: `
      WITH input AS MATERIALIZED (
        SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::text[], $6::jsonb[]) AS i (id, update_id, chat_id, kind, payload)
      ),
      fresh AS (
        INSERT INTO update_receipts (bot_id, update_id) SELECT $1, update_id FROM input ORDER BY update_id
        ON CONFLICT DO NOTHING RETURNING update_id
      )
      INSERT INTO updates (bot_id, id, update_id, chat_id, kind, payload)
      SELECT $1, i.id, i.update_id, i.chat_id, i.kind, i.payload FROM input i JOIN fresh f ON f.update_id = i.update_id`,
    values: [
      botId,
      updates.map(() => newId()),
      updates.map(({ updateId }) => updateId),
      updates.map(({ chatId }) => chatId),
      updates.map(({ kind }) => kind),
      updates.map(({ payload }) => toStorableJson(payload)),
    ],
  })
  return rowCount ?? 0
}

/** Chats of a bot with updates that wait to be handled, those that wait longest first. */
export async function findChatsWithUpdates(engine: Pool, botId: string, countMax: number): Promise<string[]> {
  const { rows } = await engine.query<{ chat_id: string }>({
    name: 'find-chats-with-updates',
    text: `SELECT chat_id::text FROM updates WHERE bot_id = $1 AND handled_at IS NULL
           GROUP BY chat_id ORDER BY min(update_id) LIMIT $2`,
    values: [botId, countMax],
  })
  return rows.map((row) => row.chat_id)
}

/** Bots with updates that were stored more than a second ago and still wait. */
export async function findBotsWithUpdates(engine: Pool): Promise<string[]> {
  const { rows } = await engine.query<{ id: string }>({
    name: 'find-bots-with-updates',
    text: `SELECT b.id FROM bots b WHERE EXISTS (
             SELECT FROM updates u WHERE u.bot_id = b.id AND u.handled_at IS NULL AND u.received_at < clock_timestamp() - interval '1 second')`,
  })
  return rows.map((row) => row.id)
}
