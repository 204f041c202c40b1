import type { Pool } from 'pg'
import { defineStatement, probe, run } from '../sql.js'

const strike = defineStatement(
  'strike-deliveries',
  `
UPDATE pending_deliveries p SET strikes = p.strikes + 1
FROM unnest($1::uuid[]) AS s (id)
WHERE ${probe('p.id', 's.id')}`,
)

/**
 * Writes down that deliveries are being handled again which were claimed before and not settled. Settling them takes it
 * back; where the process dies of one of them, it stays.
 */
export async function strikeDeliveries(engine: Pool, ids: readonly string[]): Promise<void> {
  if (ids.length > 0) await run(engine, strike, [ids])
}
