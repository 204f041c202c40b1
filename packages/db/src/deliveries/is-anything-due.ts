import type { Pool } from 'pg'
import { defineStatement, runForOne } from '../sql.js'

const isDue = defineStatement(
  'is-anything-due',
  `
SELECT EXISTS (SELECT FROM waiting_deliveries WHERE due_at <= now())
  OR EXISTS (SELECT FROM waiting_deliveries WHERE expires_at <= now())
  OR EXISTS (SELECT FROM pending_deliveries WHERE expires_at <= now())
  OR EXISTS (SELECT FROM (SELECT FROM pending_deliveries WHERE is_cancelled LIMIT 1) c) AS is_due`,
)

/**
 * Whether there may be a delivery to be released, or one whose time is over or that was cancelled: a small question before
 * large ones, since most of the time there is none.
 */
export async function isAnythingDue(engine: Pool): Promise<boolean> {
  return (await runForOne<{ isDue: boolean }>(engine, isDue, [])).isDue
}
