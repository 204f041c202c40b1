import { type ClaimRequest, connectEngine, nilUuid, type Pool } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'

/** A database with connections of the engine and of the owner of its tables. */
export interface EngineLab {
  engine: Pool
  owner: pg.Client
  /** Of the engine. */
  url: string
}

export async function withEngineLab(use: (lab: EngineLab) => Promise<void>): Promise<void> {
  const database = await createTestDatabase()
  const engine = connectEngine({ url: database.engineUrl, poolMax: 2 })
  const owner = new pg.Client({ connectionString: database.ownerUrl })
  await owner.connect()
  await use({ engine, owner, url: database.engineUrl })
  await engine.end()
  await owner.end()
}

/** Makes a tenant with a user `u`, and a bot that it may use. */
export async function addTenantWithBot(
  owner: pg.Client,
  { tenantId, botId }: { tenantId: string; botId: string },
): Promise<void> {
  await owner.query("INSERT INTO tenants (id, name) VALUES ($1, 'a')", [tenantId])
  await owner.query("INSERT INTO users (tenant_id, user_id) VALUES ($1, 'u')", [tenantId])
  await owner.query(
    "INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode) VALUES ($1, (SELECT count(*) FROM bots) + 1, 'a', 'a', '', 'polling')",
    [botId],
  )
  await owner.query('INSERT INTO bot_access (tenant_id, bot_id) VALUES ($1, $2)', [tenantId, botId])
}

/** How many statements of this database wait for a lock, also as seen from within a transaction. */
export async function countWaiting(owner: pg.Client): Promise<number> {
  await owner.query('SELECT pg_stat_clear_snapshot()')
  const { rowCount } = await owner.query(
    "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
  )
  return rowCount ?? 0
}

/** A claim of all priorities, from the start of a lane. */
export function claimFrom(
  { botId, turnId }: Pick<ClaimRequest, 'botId' | 'turnId'>,
  request: Partial<ClaimRequest> = {},
): ClaimRequest {
  return {
    botId,
    turnId,
    countsMax: [30, 30, 30],
    virtualTime: 0,
    positions: new Map(),
    served: new Map(),
    busyChats: [],
    afterTenants: [nilUuid, nilUuid, nilUuid],
    lookahead: 8,
    takesInFlight: true,
    seqFloors: [0n, 0n, 0n],
    tellsSeqs: false,
    ...request,
  }
}

/** How many blocks a statement's function reads, wherever they are. */
export async function blocksOf(engine: Pool, run: (engine: Pool) => Promise<unknown>): Promise<number> {
  let sent: { text: string; values: unknown[] } | undefined
  const recorder = {
    query: async (query: { text: string; values: unknown[] }) => {
      sent = query
      return { rows: [], fields: [] }
    },
  }
  // Only `query` of a pool is used by the statements.
  await run(recorder as unknown as Pool)
  if (!sent) throw new Error('nothing was sent')
  const { rows } = await engine.query<{
    'QUERY PLAN': [{ Plan: { 'Shared Hit Blocks': number; 'Shared Read Blocks': number } }]
  }>(`EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${sent.text}`, sent.values)
  const plan = rows[0]?.['QUERY PLAN'][0].Plan
  if (!plan) throw new Error('there is no plan')
  return plan['Shared Hit Blocks'] + plan['Shared Read Blocks']
}
