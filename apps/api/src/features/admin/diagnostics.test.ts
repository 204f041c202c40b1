import { newId } from '@tellwire/db'
import { issueAdminKey } from '@tellwire/domain'
import { expect } from 'vitest'
import { createBot, startApi, test } from '../../../test/fixtures.js'

interface Check {
  name: string
  status: string
  detail: string
  advice: string | null
}

test('says of everything how it is, and what to do where it is not as it should be', async ({ admin, db }) => {
  const read = async () => {
    const body = (await admin.get('/admin/v1/diagnostics')).json<{ status: string; checks: Check[] }>()
    return { ...body, byName: new Map(body.checks.map((check) => [check.name, check])) }
  }
  const before = await read()

  // No worker runs here.
  expect(before.status).toBe('error')
  expect(before.byName.get('workers')).toEqual({
    name: 'workers',
    status: 'error',
    detail: 'none lives',
    advice: 'Start apps/worker: nothing is sent without one.',
  })
  for (const name of [
    'database_version',
    'migrations',
    'partitions',
    'clock',
    'queue',
    'disk',
    'secret_key',
    'database_roles',
  ]) {
    expect(before.byName.get(name)).toMatchObject({ name, status: 'ok', advice: null })
  }

  await db.worker.create({ data: { id: newId(), leaseUntil: new Date(Date.now() + 60_000), pollers: 0 } })
  const after = await read()
  expect(after.byName.get('workers')).toMatchObject({ status: 'ok', detail: '1 live' })
})

test('a weak key is told of, and only admins are told', async () => {
  const api = await startApi({ SECRET_KEY: Buffer.alloc(32).toString('base64') })
  const { key } = await issueAdminKey(api.services.db, { name: 'test' })
  const read = (token: string) =>
    api.app.inject({ url: '/admin/v1/diagnostics', headers: { authorization: `Bearer ${token}` } })

  expect((await read(key)).json<{ checks: Check[] }>().checks).toContainEqual(
    expect.objectContaining({ name: 'secret_key', status: 'error', detail: 'it has only 1 different bytes of 32' }),
  )
  expect((await read('tw_live_nobody')).statusCode).toBe(401)
  await api.stop()
})

test('lists the lanes in which something waits', async ({ admin, api, db, tenant }) => {
  const made = await createBot(api, tenant)
  await createBot(api, tenant)
  const bot = await db.bot.findFirstOrThrow({ where: { username: made.username } })
  for (let index = 0; index < 3; index++) {
    await db.$executeRaw`
      INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind)
      VALUES (uuid_v7(), ${bot.id}::uuid, ${tenant.id}::uuid, 1, ${index}, 'notification')`
  }

  expect((await admin.get('/admin/v1/lanes')).json()).toEqual({
    data: [
      {
        bot_id: made.id,
        username: made.username,
        waiting: 3,
        rate: 30,
        present_rate: 30,
        holder: null,
        paused_until: null,
        parked_reason: null,
      },
    ],
    next_cursor: null,
  })
})
