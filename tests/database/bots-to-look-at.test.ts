import { newId, putOffBots, takeBotsToLookAt } from '@tellwire/db'
import { expect, test } from 'vitest'
import { withEngineLab } from './engine-lab.js'

test('the more bots there are the less often an old one is looked at, and a new one is looked at soon', async () => {
  await withEngineLab(async ({ engine, owner }) => {
    const dueInMinutes = async (age: string, botsThereAre: number): Promise<number> => {
      await owner.query('DELETE FROM bots')
      await owner.query(
        `INSERT INTO bots (id, telegram_id, username, display_name, token_sealed, update_mode, created_at)
         VALUES ($1, 1, 'a', 'a', '', 'webhook', now() - $2::interval)`,
        [newId(), age],
      )
      // As the last ANALYZE found it.
      await owner.query("UPDATE pg_class SET reltuples = $1 WHERE oid = 'bots'::regclass", [botsThereAre])
      await putOffBots(engine, await takeBotsToLookAt(engine, 10))
      const { rows } = await owner.query<{ minutes: number }>(
        'SELECT (extract(epoch FROM webhook_due_at - now()) / 60)::float8 AS minutes FROM bots',
      )
      return rows[0]?.minutes ?? NaN
    }

    expect(await dueInMinutes('60 days', 10)).toBeLessThan(11)
    expect(await dueInMinutes('60 days', 100_000)).toBeGreaterThan(20 * 60)
    expect(await dueInMinutes('60 days', 6_000)).toBeLessThan(101)
    expect(await dueInMinutes('1 hour', 100_000)).toBeLessThan(11)
  })
})
