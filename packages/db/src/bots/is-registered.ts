import type { Pool } from 'pg'
import { defineStatement, runForOne } from '../sql.js'

const find = defineStatement(
  'is-bot-registered',
  'SELECT EXISTS (SELECT FROM bots b WHERE b.telegram_id = $1::bigint) AS is_registered',
)

/** Whether a bot is registered, whoever's it is: a tenant's own connection does not see the bots of the others. */
export async function isBotRegistered(engine: Pool, telegramId: bigint): Promise<boolean> {
  const { isRegistered } = await runForOne<{ isRegistered: boolean }>(engine, find, [telegramId.toString()])
  return isRegistered
}
