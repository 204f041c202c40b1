import { randomBytes } from 'node:crypto'
import { newId } from '@tellwire/db'
import { createSealer, sealBotToken } from '@tellwire/domain'
import { expect } from 'vitest'
import { createBot, test } from '../../../test/fixtures.js'

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
    'secrets',
    'database_roles',
  ]) {
    expect(before.byName.get(name)).toMatchObject({ name, status: 'ok', advice: null })
  }

  await db.worker.create({ data: { id: newId(), leaseUntil: new Date(Date.now() + 60_000), pollers: 0 } })
  const after = await read()
  expect(after.byName.get('workers')).toMatchObject({ status: 'ok', detail: '1 live' })
})

test('secrets under a former key are told of, and only admins are told', async ({ admin, api, db, tenant }) => {
  const { username } = await createBot(api, tenant)
  const former = createSealer(randomBytes(32).toString('base64'))
  const bot = await db.bot.findFirstOrThrow({ where: { username } })
  await db.bot.update({ where: { id: bot.id }, data: { tokenSealed: sealBotToken(former, bot, 'x') } })

  expect((await admin.get('/admin/v1/diagnostics')).json<{ checks: Check[] }>().checks).toContainEqual({
    name: 'secrets',
    status: 'warning',
    detail: '1 are sealed with another key than the first of SECRET_KEY',
    advice: 'Run node apps/api/dist/rotate-secrets.js, and keep the other key in SECRET_KEY until then.',
  })
  const headers = { authorization: `Bearer ${tenant.key}` }
  expect((await api.app.inject({ url: '/admin/v1/diagnostics', headers })).statusCode).toBe(401)
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
