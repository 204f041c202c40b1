import { eventually } from '@tellwire/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createWorld, type World } from './world.js'

let world: World
let owner: pg.Client
beforeAll(async () => {
  world = await createWorld()
  await world.connect('reader')
  owner = new pg.Client({ connectionString: world.database.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await world.stop()
})

/** Lets the database be read only, on all connections, as one is that was not promoted, or has no room left. */
async function setReadOnly(isReadOnly: boolean): Promise<void> {
  const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name')
  await owner.query(`ALTER DATABASE ${rows[0]?.name} SET default_transaction_read_only = ${isReadOnly ? 'on' : 'off'}`)
  await owner.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
  )
}

const readiness = () => world.call('GET', '/readyz', undefined, { authorization: `Bearer ${world.adminKey}` })
const isReadOnly = ({ checks }: Record<string, unknown>) => (checks as { postgres: string }).postgres === 'read_only'

test('a database that can only be read is told as such, and what is asked for is not taken for accepted', async () => {
  await setReadOnly(true)
  // The connections were ended: until there are new ones, the database is unreachable.
  const shown = await eventually(readiness, ({ body }) => isReadOnly(body))
  const posted = await world.call('POST', '/v1/notifications', { to: { user_id: 'reader' }, text: 'not now' })
  const put = await world.call('PUT', '/v1/users/reader', { attributes: {} })
  await owner.query('SET default_transaction_read_only = off')
  await setReadOnly(false)

  expect(shown.status).toBe(503)
  for (const { status, headers, body } of [posted, put]) {
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'service_unavailable' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  await eventually(readiness, ({ status }) => status === 200)
  const later = await eventually(
    () => world.call('POST', '/v1/notifications', { to: { user_id: 'reader' }, text: 'now' }),
    ({ status }) => status === 202,
  )
  await world.settled(later.body['id'] as string)
  expect(await world.arrivalsOf('not now')).toEqual([])
  expect(await world.arrivalsOf('now')).toHaveLength(1)
})

test('a database without room is told as such, and takes what is asked for again when it has some', async () => {
  await owner.query(`
    CREATE FUNCTION have_no_room() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
    END $$;
    CREATE TRIGGER no_room BEFORE INSERT ON notifications FOR EACH ROW EXECUTE FUNCTION have_no_room();
    CREATE TRIGGER no_room BEFORE INSERT OR UPDATE ON users FOR EACH ROW EXECUTE FUNCTION have_no_room()`)
  const posted = await world.call('POST', '/v1/notifications', { to: { user_id: 'reader' }, text: 'no room' })
  const put = await world.call('PUT', '/v1/users/reader', { attributes: { a: 1 } })
  const shown = await readiness()
  await owner.query('DROP TRIGGER no_room ON notifications; DROP TRIGGER no_room ON users')

  for (const { status, headers, body } of [posted, put]) {
    expect({ status, code: body['code'] }).toEqual({ status: 503, code: 'service_unavailable' })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  }
  expect(shown).toMatchObject({ status: 503, body: { checks: { postgres: 'full' } } })
  await world.settled(await world.tell('reader', 'room again'))
})
