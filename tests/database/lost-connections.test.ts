import { connectDatabase, connectEngine } from '@tellwire/db'
import { createTestDatabase, eventually } from '@tellwire/testing'
import pg from 'pg'
import { expect, test } from 'vitest'

test('a connection that ends while somebody has it, and asks for nothing, ends no process', async () => {
  const { ownerUrl, engineUrl: url } = await createTestDatabase()
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const end = async (pid: number | undefined): Promise<void> => {
    await owner.query('SELECT pg_terminate_backend($1)', [pid])
  }
  const engine = connectEngine({ url, poolMax: 1 })
  const taken = await engine.connect()
  const { rows } = await taken.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')

  // Nobody listens to what becomes of it: where it were said to nobody, the process would end here.
  await end(rows[0]?.pid)
  await eventually(() =>
    taken.query('SELECT 1').then(
      () => false,
      () => true,
    ),
  )
  taken.release(true)
  expect((await engine.query('SELECT 1')).rowCount).toBe(1)

  const db = connectDatabase({ url, poolMax: 1 })
  await expect(
    db.$transaction(async (db) => {
      const [own] = await db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`
      await end(own?.pid)
      await eventually(() =>
        db.$queryRaw`SELECT 1`.then(
          () => false,
          () => true,
        ),
      )
      throw new Error('ended')
    }),
  ).rejects.toThrow()
  expect(await db.$queryRaw`SELECT 1 AS one`).toEqual([{ one: 1 }])
  await Promise.all([engine.end(), db.$disconnect(), owner.end()])
})
