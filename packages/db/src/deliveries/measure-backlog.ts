import type { Pool } from 'pg'

export interface Backlog {
  rate: number
  /** Below `rate` while the bot is being slowed down. */
  presentRate: number
  /** In how many milliseconds a pause of the whole bot ends. */
  pausedForMs: number
  parkedReason: string | undefined
  /** By priority (0 is `high`): what waits, up to `countMax` altogether. */
  waiting: number[]
}

/** What waits in a bot's lane. Costs in proportion to what it counts. */
export async function measureBacklog(engine: Pool, botId: string, countMax?: number): Promise<Backlog | undefined> {
  const { rows } = await engine.query<{
    rate: number
    learned_rate: number | null
    paused_for_ms: number
    parked_reason: string | null
    waiting: Record<string, number> | null
  }>({
    name: 'measure-backlog',
    text: `
      SELECT b.rate, l.learned_rate, l.parked_reason,
        greatest(0, coalesce(extract(epoch FROM l.paused_until - clock_timestamp()) * 1000, 0))::float8 AS paused_for_ms,
        (SELECT jsonb_object_agg(priority, count) FROM (
           SELECT priority, count(*) FROM (
             SELECT priority FROM pending_deliveries p WHERE p.bot_id = b.id AND NOT p.is_paused LIMIT $2
           ) p GROUP BY priority
         ) w) AS waiting
      FROM bots b JOIN lanes l ON l.bot_id = b.id WHERE b.id = $1`,
    values: [botId, countMax ?? null],
  })
  const row = rows[0]
  return (
    row && {
      rate: row.rate,
      presentRate: row.learned_rate ?? row.rate,
      pausedForMs: row.paused_for_ms,
      parkedReason: row.parked_reason ?? undefined,
      waiting: [0, 1, 2].map((priority) => row.waiting?.[priority] ?? 0),
    }
  )
}
