import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { eventually } from '@tellwire/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createWorld, type Json, type World } from './world.js'

const poison = fileURLToPath(new URL('./poison.mjs', import.meta.url))
const preloaded = { NODE_OPTIONS: `--max-old-space-size=256 --import ${poison}` }

describe('a delivery of which workers die', () => {
  let world: World
  let other: { key: string; bot: string }
  let isOver = false

  /** As whoever runs the service does: a worker that has ended is started again. */
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      const worker = world.workers.at(-1)
      await new Promise<void>((resolve) => {
        if (worker?.child.exitCode !== null || worker.child.signalCode !== null) resolve()
        else worker.child.once('exit', () => resolve())
      })
      if (isOver) return
      await world.startWorker(preloaded)
    }
  }
  const callAsOther = (method: string, path: string, body?: unknown) =>
    world.call(method, path, body, { authorization: `Bearer ${other.key}` })

  beforeAll(async () => {
    world = await createWorld()
    await world.workers[0]?.stop()
    await world.startWorker(preloaded)
    void keepRunning()
    await world.connect('poisoned')
    await world.connect('beside')
    other = await createOtherTenant(world)
    await connectOther()
  })
  afterAll(async () => {
    isOver = true
    await world.stop()
  })

  /** A person who hears from the other tenant, on a bot of its own. */
  async function connectOther(): Promise<void> {
    const link = await callAsOther('POST', '/v1/connect-links', { user_id: 'u' })
    const person = await world.newPerson('Other')
    await person.open(link.body['url'] as string)
    await eventually(
      async () => (await callAsOther('GET', '/v1/connections?user_id=u')).body['data'] as Json[],
      ({ length }) => length === 1,
    )
  }

  test.each([
    ['block', 'resend'],
    ['crash early', 'stop'],
    ['memory', 'resend'],
  ])(
    'is set aside when it makes them %s; others get theirs meanwhile',
    async (kind, onUnknown) => {
      const timesSetAside = () => world.output().split('was set aside').length
      const before = timesSetAside()
      const poison = { to: { user_id: 'poisoned' }, text: `poison: ${kind}`, on_unknown: onUnknown }
      const { id: poisoned } = await world.post(poison)
      const beside = await world.tell('beside', `beside ${kind}`)
      const endsMeanwhile: number[] = []
      let isSetAside = false
      void world.settled(poisoned as string).then(() => (isSetAside = true))
      while (!isSetAside) {
        const startedBefore = world.workers.length
        const posted = await callAsOther('POST', '/v1/notifications', {
          to: { user_id: 'u' },
          text: `meanwhile ${kind}`,
        })
        await eventually(
          async () => (await callAsOther('GET', `/v1/notifications/${posted.body['id']}`)).body['status'],
          (status) => status === 'settled',
        )
        endsMeanwhile.push(world.workers.length - startedBefore)
        await delay(200)
      }

      const { deliveries } = await world.settled(poisoned as string)
      expect(deliveries).toMatchObject([{ status: 'failed', failure: { code: 'not_preparable' } }])
      expect((await world.settled(beside))['deliveries']).toMatchObject([{ status: 'sent' }])
      expect(await world.events('notification.failed')).toContainEqual(
        expect.objectContaining({ delivery_id: expect.any(String) }),
      )
      expect(timesSetAside()).toBeGreaterThan(before)
      // Nobody waits for more than the end of one worker, and most wait for none.
      expect(endsMeanwhile).toContain(0)
      expect(Math.max(...endsMeanwhile)).toBeLessThanOrEqual(1)
    },
    240_000,
  )
})

describe('a delivery that is stored as nobody would store it', () => {
  let world: World
  beforeAll(async () => {
    world = await createWorld()
    await world.connect('poisoned')
  })
  afterAll(() => world.stop())

  const nested = '{{#a}}'.repeat(5_000) + '{{/a}}'.repeat(5_000)
  const deep = '['.repeat(3_000) + ']'.repeat(3_000)
  test.each([
    [
      'a template nested without end',
      `UPDATE template_versions SET content = jsonb_set(content, '{texts,en}', $2)`,
      nested,
      { status: 'failed', failure: { class: 'message' } },
    ],
    [
      'buttons that are none',
      `UPDATE notification_contents SET options = '{"buttons": 5}'::jsonb WHERE $2::jsonb IS NOT NULL`,
      1,
      { status: 'failed', failure: { class: 'message' } },
    ],
    [
      'buttons nested without end',
      `UPDATE notification_contents SET options = jsonb_build_object('buttons', $2::jsonb)`,
      deep,
      { status: 'sent', dropped: ['buttons'] },
    ],
  ])('ends with %s, and the lane goes on', async (_what, sql, value, ends) => {
    const template = await world.call('POST', '/v1/templates', {
      name: `t ${Math.random()}`,
      texts: { en: 'x' },
      publish: true,
    })
    const text = sql.includes('template') ? { template: { id: template.body['id'] } } : { text: 'x' }
    const later = new Date(Date.now() + 2_000).toISOString()
    const { id } = await world.post({ to: { user_id: 'poisoned' }, ...text, send_at: later })
    await plant(sql, typeof value === 'number' || value.startsWith('[') ? String(value) : JSON.stringify(value))

    const [delivery] = await eventually(
      async () => (await world.call('GET', `/v1/notifications/${id}/deliveries`)).body['data'] as Json[],
      ([first]) => first?.['status'] !== 'queued' && first?.['status'] !== 'scheduled',
    )
    expect(delivery).toMatchObject(ends)
    expect((await world.settled(await world.tell('poisoned', 'and on')))['deliveries']).toMatchObject([
      { status: 'sent' },
    ])
  })

  /** Changes what is stored of all that waits; `$1` is what there is of it. */
  async function plant(sql: string, value: string): Promise<void> {
    const client = new pg.Client({ connectionString: world.database.ownerUrl })
    await client.connect()
    await client.query(sql.replaceAll('$2', '$1'), [value])
    await client.end()
  }
})

async function createOtherTenant(world: World): Promise<{ key: string; bot: string }> {
  const asAdmin = { authorization: `Bearer ${world.adminKey}` }
  const tenant = await world.call('POST', '/admin/v1/tenants', { name: 'Other' }, asAdmin)
  const scopes = ['bots:write', 'links:write', 'connections:read', 'notifications:write', 'notifications:read']
  const key = await world.call('POST', `/admin/v1/tenants/${tenant.body['id']}/keys`, { name: 'x', scopes }, asAdmin)
  const bot = await world.control('POST', '/bots', {})
  const headers = { authorization: `Bearer ${key.body['key']}` }
  const registered = await world.call('POST', '/v1/bots', { token: bot.body['token'] }, headers)
  return { key: key.body['key'] as string, bot: registered.body['id'] as string }
}
