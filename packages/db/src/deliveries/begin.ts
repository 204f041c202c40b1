import type { Pool } from 'pg'
import { defineStatement, inputRows, probe, run } from '../sql.js'

const begun = inputRows('input', { id: 'uuid', turn_id: 'uuid' })

const begin = defineStatement(
  'begin-deliveries',
  `
WITH ${begun.text}
UPDATE pending_deliveries p SET is_begun = true
FROM input i
WHERE ${probe('p.id', 'i.id')} AND p.claimed_by = i.turn_id
RETURNING p.id`,
)

/**
 * Writes down that the calls for deliveries are about to be made, for those that are not to be repeated: of one that
 * was only claimed when its worker died, it is known that it was not sent.
 * @returns the ids of those that their turns still have.
 */
export async function beginDeliveries(
  engine: Pool,
  deliveries: readonly { id: string; turnId: string }[],
): Promise<Set<string>> {
  const rows = await run<{ id: string }>(engine, begin, begun.values(deliveries))
  return new Set(rows.map(({ id }) => id))
}
