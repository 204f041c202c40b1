import { eventually } from '@tellwire/testing'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Json, type World, createWorld } from './world.js'

let world: World
const secrets: string[] = []
const messageText = 'The quick brown fox confides in the lazy dog'

/** A rich run: links that work and that do not, messages, failures of Telegram's, bad requests. */
beforeAll(async () => {
  world = await createWorld({ webhook: true, env: { LOG_LEVEL: 'trace', TELEGRAM_TIMEOUT_SECONDS: '2' } })
  secrets.push(world.key, world.adminKey, world.bot.token, messageText)

  const link = await world.call('POST', '/v1/connect-links', { user_id: 'ada' }, { 'idempotency-key': 'secret-answer' })
  const unused = await world.call('POST', '/v1/connect-links', { user_id: 'ada' })
  for (const { body } of [link, unused]) secrets.push(new URL(body['url']).searchParams.get('start') ?? '')
  await fetch(link.body['connect_page_url'])
  await fetch(`${unused.body['connect_page_url']}/nonsense`)
  const person = await world.newPerson('Ada')
  await person.open(link.body['url'])
  await eventually(
    async () => (await world.call('GET', `/v1/connect-links/${link.body['id']}`)).body['status'],
    (status) => status === 'used',
  )

  const faults = [
    { kind: 'status', status: 502 },
    { kind: 'reset' },
    { kind: 'timeout_before' },
    { kind: 'status', status: 429, retry_after: 1 },
  ]
  for (const fault of faults) await world.control('POST', '/faults', { method: 'sendMessage', ...fault })
  const sent = await world.call('POST', '/v1/notifications', { to: { user_id: 'ada' }, text: messageText })
  await world.call('POST', '/v1/notifications', { to: { user_id: 'ada' }, text: messageText, typo: 1 })
  await world.call('POST', '/v1/bots', { token: world.bot.token })
  await world.call('GET', '/v1/users', undefined, { authorization: `Bearer ${world.key}x` })
  await world.control('POST', '/faults', { method: 'getMe', kind: 'status', status: 401 })
  await world.call('POST', '/v1/bots', { token: world.bot.token })
  await world.control('POST', `/people/${person.id}/say`, { bot: world.bot.username, text: messageText })
  await eventually(
    () => world.call('GET', `/v1/notifications/${sent.body['id']}`),
    (answer) => answer.body['status'] === 'settled',
  )
  await world.control('POST', `/people/${person.id}/block`, { bot: world.bot.username })
  await eventually(
    async () => (await world.call('GET', '/v1/users/ada')).body['connections'][0].status,
    (status) => status === 'blocked',
  )
})
afterAll(() => world.stop())

test('no secret and no message text reaches any output of any process', () => {
  const output = world.output()

  expect(output).toContain('/c/:token')
  expect(output).toContain('"msg":"request"')
  for (const secret of secrets) expect(output).not.toContain(secret)
  expect(output).not.toMatch(/\/bot\d+:/)
})

test('no secret stands readable in the database', async () => {
  const client = new pg.Client({ connectionString: world.database.ownerUrl })
  await client.connect()
  const { rows: tables } = await client.query<{ name: string }>(
    "SELECT oid::regclass::text AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace",
  )
  const contents = []
  for (const { name } of tables)
    contents.push(JSON.stringify((await client.query(`SELECT t::text FROM ${name} t`)).rows))
  await client.end()
  const everything = contents.join('\n')

  const [key = '', adminKey = '', botToken = '', , usedToken = '', unusedToken = ''] = secrets
  for (const secret of [key, adminKey, botToken, unusedToken]) expect(everything).not.toContain(secret)
  // Telegram brings the token of a link that was opened; it is used up by then.
  expect(everything.replaceAll(`/start ${usedToken}`, '')).not.toContain(usedToken)
})

const orphanQueries: Record<string, string> = {
  'deliveries without a notification':
    'SELECT 1 FROM deliveries d LEFT JOIN notifications n ON (n.tenant_id, n.id) = (d.tenant_id, d.notification_id) WHERE n.id IS NULL',
  "deliveries over a connection that is not their tenant's, user's and bot's":
    'SELECT 1 FROM deliveries d LEFT JOIN connections c ON (c.tenant_id, c.id, c.user_id, c.bot_id) = (d.tenant_id, d.connection_id, d.user_id, d.bot_id) WHERE c.id IS NULL',
  'deliveries over a bot that their tenant may not use':
    'SELECT 1 FROM deliveries d LEFT JOIN bot_access a ON (a.tenant_id, a.bot_id) = (d.tenant_id, d.bot_id) WHERE a.bot_id IS NULL',
  'contents without a notification':
    'SELECT 1 FROM notification_contents c LEFT JOIN notifications n ON (n.tenant_id, n.id) = (c.tenant_id, c.notification_id) WHERE n.id IS NULL',
  'pending rows without a delivery that is queued':
    "SELECT 1 FROM pending_deliveries p LEFT JOIN deliveries d ON (d.tenant_id, d.id) = (p.tenant_id, p.id) WHERE p.kind = 'notification' AND d.status IS DISTINCT FROM 'queued'",
  'queued deliveries that nothing will send':
    "SELECT 1 FROM deliveries d LEFT JOIN pending_deliveries p ON p.id = d.id WHERE d.status = 'queued' AND p.id IS NULL",
  'pending rows whose parents are of another tenant':
    "SELECT 1 FROM pending_deliveries p LEFT JOIN connections c ON (c.tenant_id, c.id) = (p.tenant_id, p.connection_id) WHERE p.kind = 'notification' AND c.id IS NULL",
  'events of no tenant': 'SELECT 1 FROM events e LEFT JOIN tenants t ON t.id = e.tenant_id WHERE t.id IS NULL',
  "events about another tenant's notification":
    "SELECT 1 FROM events e LEFT JOIN notifications n ON n.tenant_id = e.tenant_id AND n.id = (e.data ->> 'notification_id')::uuid WHERE e.data ? 'notification_id' AND n.id IS NULL",
  "events about another tenant's connection":
    "SELECT 1 FROM events e LEFT JOIN connections c ON c.tenant_id = e.tenant_id AND c.id = (e.data ->> 'connection_id')::uuid WHERE e.data ? 'connection_id' AND c.id IS NULL",
  'idempotency records of no tenant':
    "SELECT 1 FROM idempotency_keys k LEFT JOIN tenants t ON t.id = k.tenant_id WHERE t.id IS NULL AND k.tenant_id <> '00000000-0000-0000-0000-000000000000'",
  "used links without their user's connection":
    "SELECT 1 FROM connect_links l LEFT JOIN connections c ON (c.tenant_id, c.id, c.user_id) = (l.tenant_id, l.connection_id, l.user_id) WHERE l.status = 'used' AND c.id IS NULL",
  'updates without a receipt':
    'SELECT 1 FROM updates u LEFT JOIN update_receipts r ON (r.bot_id, r.update_id) = (u.bot_id, u.update_id) WHERE r.update_id IS NULL',
  'updates that were not handled': 'SELECT 1 FROM updates',
  'rows outside the daily partitions':
    'SELECT 1 FROM notifications_default UNION ALL SELECT 1 FROM deliveries_default UNION ALL SELECT 1 FROM events_default',
}

test.each(Object.entries(orphanQueries))('there are no %s', async (_name, query) => {
  const client = new pg.Client({ connectionString: world.database.ownerUrl })
  await client.connect()
  const { rows } = await client.query<Json>(query)
  await client.end()

  expect(rows).toEqual([])
})
