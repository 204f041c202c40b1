import { randomUUID } from 'node:crypto'
import { acquireLanes, type Claim, claimDeliveries, type ClaimRequest, connectEngine, newId } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'

export interface Lane {
  engine: pg.Pool
  owner: pg.Client
  botId: string
  turnId: string
}

/** A lane that this test holds, with so many messages of our own waiting in so many chats. */
export async function makeLane(chats: number, messagesEach: number): Promise<Lane> {
  const database = await createTestDatabase()
  const botId = newId()
  const client = new pg.Client({ connectionString: database.ownerUrl })
  await client.connect()
  await client.query(
    `INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode) VALUES ('${botId}', 1, 'a', 'a', '', 'polling')`,
  )
  await client.query(`INSERT INTO lanes (bot_id) VALUES ('${botId}')`)
  await client.query(
    `INSERT INTO chats (bot_id, chat_id, type) SELECT '${botId}', c, 'private' FROM generate_series(1, ${chats}) c`,
  )
  await client.query(`
    INSERT INTO pending_deliveries (id, bot_id, priority, chat_id, kind, body)
    SELECT uuid_v7(), '${botId}', 1, c, 'reply', '{}' FROM generate_series(1, ${messagesEach}) m, generate_series(1, ${chats}) c`)
  const engine = connectEngine({ url: database.engineUrl, poolMax: 2 })
  const turnId = randomUUID()
  await acquireLanes(engine, [{ botId, turnId }])
  return { engine, owner: client, botId, turnId }
}

export async function close({ engine, owner }: Lane): Promise<void> {
  await engine.end()
  await owner.end()
}

export async function claimOne(engine: pg.Pool, request: ClaimRequest): Promise<Claim> {
  const [claim] = await claimDeliveries(engine, [request])
  if (!claim) throw new Error('no claim was answered')
  return claim
}

/** The settlement of a message of one part that was sent. */
export const sent = (turnId: string, id: string) => ({
  id,
  turnId,
  result: 'sent' as const,
  messageIds: [1],
  failure: undefined,
  dropped: undefined,
  messageCount: 1,
  retryInMs: undefined,
  pauseChatMs: undefined,
  answeredAgoMs: undefined,
  isGroup: false,
})
