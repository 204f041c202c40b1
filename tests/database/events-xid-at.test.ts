import { newId } from '@tellwire/db'
import { createTestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

test('the events of a moment are found by halving, whatever is before and after them', async () => {
  const { ownerUrl } = await createTestDatabase()
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const [busy, rare, none] = [newId(), newId(), newId()]
  // An event every 10 s up to now, of every third transaction; every third two seconds late.
  const fill = async (tenantId: string, count: number, seconds: number): Promise<void> => {
    await owner.query(
      `INSERT INTO events (tenant_id, id, xid, type, data)
       SELECT $1, uuid_v7_floor(now() - make_interval(secs => ($2 - i) * $3 - CASE i % 3 WHEN 0 THEN 2 ELSE 0 END)),
         (1000 + i * 3)::text::xid8, 'notification.sent', '{}'
       FROM generate_series(0, $2::int) i`,
      [tenantId, count, seconds],
    )
  }
  await fill(busy, 5_000, 10)
  await fill(rare, 3, 10_000)
  const xidAt = async (tenantId: string, secondsAgo: number): Promise<number> => {
    const { rows } = await owner.query('SELECT events_xid_at($1, now() - make_interval(secs => $2), true) AS xid', [
      tenantId,
      secondsAgo,
    ])
    return Number((rows[0] as { xid: string }).xid)
  }

  for (const place of [1, 100, 2_500, 4_999]) {
    const xid = await xidAt(busy, (5_000 - place) * 10 + 5)
    expect(Math.abs(xid - (1_000 + place * 3))).toBeLessThanOrEqual(3)
  }
  expect(await xidAt(busy, -3_600)).toBe(1_000 + 5_000 * 3 + 1)
  expect(await xidAt(rare, 15_000)).toBeGreaterThan(1_003)
  expect(await xidAt(rare, 15_000)).toBeLessThanOrEqual(1_006)
  expect(await xidAt(none, 100)).toBe(0)

  // After a restore all that was there before has the number 0.
  await owner.query("UPDATE events SET xid = '0' WHERE tenant_id = $1 AND xid < '10000'", [busy])
  expect(await xidAt(busy, 40_000)).toBe(0)
  expect(await xidAt(busy, 5_005)).toBeGreaterThan(13_000)
  await owner.end()
})
