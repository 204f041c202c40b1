import type { Pool } from 'pg'
import { defineStatement, inputRows, run } from '../sql.js'
import { toStorableJson } from '../storable-json.js'

export interface UpdateToStore {
  updateId: number
  chatId: number
  kind: string
  payload: unknown
}

const input = inputRows('input', { update_id: 'bigint', chat_id: 'bigint', kind: 'text', payload: 'jsonb' }, 2)

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
INSERT INTO updates (bot_id, update_id, chat_id, kind, payload)
SELECT $1, i.update_id, i.chat_id, i.kind, i.payload
FROM input i
JOIN fresh f ON f.update_id = i.update_id
ON CONFLICT DO NOTHING
RETURNING 1`,
)

/** Stores what a bot was told, each update once however often it comes. @returns how many were new. */
export async function storeUpdates(engine: Pool, botId: string, updates: readonly UpdateToStore[]): Promise<number> {
  const rows = updates.map((update) => ({ ...update, payload: toStorableJson(update.payload) }))
  return (await run(engine, store, [botId, ...input.values(rows)])).length
}
