import type { Pool } from 'pg'
import { defineStatement, run } from '../sql.js'
import { isLeaseOver } from './lane-leases.js'

const take = defineStatement(
  'take-duty',
  `
INSERT INTO duties AS d (name, holder, lease_until)
VALUES ($1, $2, clock_timestamp() + make_interval(secs => $3::float8 / 1000))
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
  WHERE d.holder = excluded.holder OR ${isLeaseOver('d.lease_until', '$3::float8')}
RETURNING 1`,
)

/**
 * Takes or keeps what one process of all does at a time, for so many milliseconds.
 * @returns false while it is another's.
 */
export async function takeDuty(
  engine: Pool,
  duty: { name: string; holderId: string; leaseMs: number },
): Promise<boolean> {
  return (await run(engine, take, [duty.name, duty.holderId, duty.leaseMs])).length === 1
}

const leave = defineStatement('leave-duty', 'DELETE FROM duties WHERE name = $1 AND holder = $2')

/** Lets somebody else do it at once. */
export async function leaveDuty(engine: Pool, duty: { name: string; holderId: string }): Promise<void> {
  await run(engine, leave, [duty.name, duty.holderId])
}
