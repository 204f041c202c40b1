import { randomBytes } from 'node:crypto'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '@tellwire/db'
import { migrateJobs } from '@tellwire/jobs'
import { createTestDatabase, startProcess, type StartedProcess } from '@tellwire/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const migrations = fileURLToPath(new URL('../../prisma/migrations', import.meta.url))
const firstNew = '20261127210000_plain_words'
const jsonTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)

interface Json {
  [key: string]: any // oxlint-disable-line typescript/no-explicit-any -- answers are looked into freely by tests
}

describe('a database of the version before', () => {
  let api: StartedProcess
  let client: pg.Client
  let key: string

  beforeAll(async () => {
    const fixture = await readFile(new URL('before-plain-words.sql', import.meta.url), 'utf8')
    key = /^-- key: (\S+)$/m.exec(fixture)?.[1] ?? ''
    const url = await createEmptyDatabase()
    const before = await migrationsBefore(firstNew)
    await migrate(url, before)
    await rm(before, { recursive: true })
    await migrateJobs(url)
    client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(fixture)
    await client.query('RESET session_replication_role')
    await migrate(url, migrations)
    api = await startProcess(fileURLToPath(new URL('../../apps/api/bundle/main.js', import.meta.url)), {
      DATABASE_URL: url,
      // The old key is a weak one, which is taken behind another only.
      SECRET_KEY: `${randomBytes(32).toString('base64')},${'A'.repeat(43)}=`,
      PORT: '0',
      LOG_LEVEL: 'silent',
    })
  })
  afterAll(async () => {
    await api.stop()
    await client.end()
  })

  const get = async (path: string): Promise<Json> => {
    const response = await fetch(`http://127.0.0.1:${api.ready.port}${path}`, {
      headers: { authorization: `Bearer ${key}` },
    })
    return (await response.json()) as Json
  }
  const byText = async (text: string): Promise<Json> => {
    const { data } = await get('/v1/notifications?limit=100')
    const { id } = data.find((each: Json) => each['text'] === text)
    return get(`/v1/notifications/${id}`)
  }
  const rowsOf = async (query: string): Promise<Json[]> => (await client.query<Json>(query)).rows

  test('keeps every notification, with what was asked for under its new names', async () => {
    expect(await byText('edit that waits')).toMatchObject({
      silent: true,
      forum_topic: 7,
      buttons: [[{ text: 'b', action: 'go', value: { a: 1 } }]],
      metadata: { a: 1 },
      on_unknown: 'resend',
      deliveries: [
        { status: 'sent', dropped: ['forum_topic'], edit: { type: 'edit', status: 'pending', at: jsonTime } },
      ],
    })
    expect(await byText('unknown')).toMatchObject({ on_unknown: 'stop', counts: { unknown: 1 } })
  })

  test.for([
    ['failed', { status: 'failed', failure: { code: 'message_refused', at: jsonTime } }],
    ['held', { status: 'awaiting_user', connection_id: null }],
    ['scheduled', { status: 'scheduled' }],
    ['cancelled', { status: 'cancelled' }],
    ['queued', { status: 'queued' }],
    [
      'second',
      {
        status: 'sent',
        edit: { type: 'edit', status: 'failed', failure: { code: 'message_unavailable', at: jsonTime } },
      },
    ],
  ] as const)('keeps the delivery of "%s"', async ([text, delivery]) => {
    expect((await byText(text))['deliveries']).toMatchObject([delivery])
  })

  test('keeps what waits in the lane, under its new names', async () => {
    const rows = await rowsOf('SELECT kind, stops_if_unknown, body FROM pending_deliveries ORDER BY seq')

    expect(rows.map(({ kind }) => String(kind)).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'edit',
      'notification',
      'notification',
    ])
    expect(rows.find(({ kind }) => kind === 'edit')?.['body']).toMatchObject({
      type: 'edit',
      delivery_id: expect.any(String),
    })
    expect(rows.filter(({ stops_if_unknown: stops }) => stops)).toHaveLength(1)
  })

  test('keeps what idempotency keys stand for, as facts', async () => {
    const rows = await rowsOf(
      'SELECT key, result, result_sealed IS NOT NULL AS is_sealed FROM idempotency_keys ORDER BY key',
    )

    expect(rows.find((row) => row['key'] === 'batch')).toMatchObject({
      result: {
        acceptances: [
          { position: 0, deliveries: 1, awaiting_user: 0 },
          { position: 1, is_reachable: false },
        ],
      },
    })
    expect(rows.find((row) => row['key'] === 'link')).toMatchObject({ is_sealed: true })
  })

  test('keeps users, topics, templates and connections, and lets the key do what it could', async () => {
    expect(await get('/v1/users/ada')).toMatchObject({
      attributes: { plan: 'pro' },
      locale: 'de-AT',
      connections: [{ status: 'active' }],
    })
    expect(await get('/v1/connections?status=blocked')).toMatchObject({ data: [{ user_id: 'bob' }] })
    expect(await get('/v1/topics')).toMatchObject({ data: [{ topic: 'news', subscribers: 1 }] })
    expect(await get('/v1/templates')).toMatchObject({ data: [{ name: 'hello' }] })
    expect((await get('/v1/me'))['key'].scopes).toEqual(
      expect.arrayContaining(['links:read', 'files:read', 'connections:read', 'connections:write']),
    )
    expect((await rowsOf("SELECT type FROM events WHERE type LIKE '%change%'")).length).toBe(0)
  })
})

async function createEmptyDatabase(): Promise<string> {
  const { ownerUrl } = await createTestDatabase()
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const name = `before_${Date.now()}`
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  const url = new URL(ownerUrl)
  url.pathname = `/${name}`
  return url.href
}

/** A folder with the migrations that come before one. */
async function migrationsBefore(name: string): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'tellwire-migrations-'))
  await cp(migrations, copy, { recursive: true })
  for (const entry of await readdir(copy))
    if (entry >= name && /^\d/.test(entry)) await rm(join(copy, entry), { recursive: true })
  return copy
}
