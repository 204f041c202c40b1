import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Database } from '@tellwire/db'
import { issueAdminKey } from '@tellwire/domain'
import type { FastifyInstance } from 'fastify'
import { expect } from 'vitest'
import { type Client, createBot, createConnection, createTenant, type Tenant, test } from '../../test/fixtures.js'
import { fieldsOf, type GeneratedRequest, put, sampleOf, sampleRequest, thinned } from '../../test/generate-requests.js'
import type { Route } from '../route.js'
import { operatorRoutes, tenantRoutes } from '../routes.js'

/** Stands in everything that the other tenant has, and in nothing that is asked. */
const planted = 'PLANTED-7f3a'
const userId = 'their-user'

test('no operation shows or changes what another tenant has, whatever of it is named, wherever', async ({
  api,
  app,
  as,
  db,
  tenant,
}) => {
  const other = await createTenant(db)
  const bot = await createBot(api, other)
  const { id: connection } = await createConnection(db, other, userId)
  await db.connection.updateMany({ where: { id: connection }, data: { displayName: planted } })
  const { ids, cursors } = await makeEverything(as(other), [bot.id, await uploadFile(app, other)])
  // The tenant that asks has a bot and a person of its own: what it names is all that is foreign.
  await createBot(api, tenant)
  await createConnection(db, tenant, 'own-user')
  const before = await readAll(db, other.id)

  const requests = tenantRoutes.flatMap((route): GeneratedRequest[] => {
    // The stream stays open; what it shows is what the list shows.
    if (route.url.endsWith('/stream')) return []
    const named = [...ids, userId, planted.toLowerCase()]
    const nameInPath = (id: string) => sampleRequest(route, { id, user_id: userId, topic: 'their-topic', version: '1' })
    const inPath = named.map(nameInPath)
    const sample = nameInPath(ids[0] ?? '')
    const inQuery = Object.keys(route.query?.properties ?? {}).flatMap((name) =>
      [...named, ...cursors].map((value) => ({ ...sample, url: `${sample.url}?${name}=${encodeURIComponent(value)}` })),
    )
    const inBody = (route.body ? fieldsOf(route.body) : []).flatMap((way) =>
      named.map((value) => ({ ...sample, body: JSON.stringify(put(sampleOf(route.body), way, value)) })),
    )
    return [...inPath, ...thinned([...inQuery, ...inBody], 7)]
  })
  const next = requests.values()
  const shown = new Set<string>()
  const found = new Set<string>()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (const { method, url, headers, body, what } of next) {
        const response = await app.inject({
          method,
          url,
          headers: { ...headers, authorization: `Bearer ${tenant.key}` },
          ...(body === undefined ? {} : { payload: body }),
        })
        if (response.body.includes(planted)) shown.add(`${what}: ${url}`)
        if (response.statusCode < 400 && ids.some((id) => url.includes(`/${id}`))) found.add(`${what}: ${url}`)
        await nextTurn()
      }
    }),
  )

  expect([...shown]).toEqual([])
  expect([...found]).toEqual([])
  expect(await readAll(db, other.id)).toEqual(before)
  expect(requests.length).toBeGreaterThan(2_000)
  const operations = new Set(requests.map(({ what }) => what))
  expect(operations.size).toBe(tenantRoutes.length - 1)
})

test('the key of a tenant opens none of the operations of operators, and the other way round', async ({
  app,
  tenant,
  db,
}) => {
  const { key: adminKey } = await issueAdminKey(db, { name: 'foreign' })
  const statusesOf = async (routes: readonly Route[], key: string): Promise<Set<number>> => {
    const statuses = new Set<number>()
    for (const route of routes) {
      const { method, url, headers, body } = sampleRequest(route, {})
      const asked = { method, url, headers: { ...headers, authorization: `Bearer ${key}` } }
      statuses.add((await app.inject({ ...asked, ...(body === undefined ? {} : { payload: body }) })).statusCode)
    }
    return statuses
  }

  expect(operatorRoutes.length).toBeGreaterThan(25)
  expect(await statusesOf(operatorRoutes, tenant.key)).toEqual(new Set([401]))
  expect(await statusesOf(tenantRoutes, adminKey)).toEqual(new Set([401]))
})

/** Makes one object of each kind. @returns their ids, and cursors of their lists. */
async function makeEverything(client: Client, made: string[]): Promise<{ ids: string[]; cursors: string[] }> {
  const ids = [...made]
  const make = async (path: string, body: object): Promise<void> => {
    const response = await client.post(path, body)
    expect(response.statusCode, `${path}: ${response.body}`).toBeLessThan(300)
    const { id } = response.json<{ id?: string }>()
    if (id !== undefined) ids.push(id)
  }
  const to = { user_id: userId }
  await make('/v1/notifications', { to, text: planted, metadata: { planted } })
  await make('/v1/notifications', { to, text: planted, send_at: new Date(Date.now() + 3_600_000).toISOString() })
  await make('/v1/templates', { name: planted.toLowerCase(), texts: { en: planted }, publish: true })
  await make('/v1/connect-links', { user_id: userId, metadata: { planted } })
  await make('/v1/questions', { to, text: planted, options: [{ id: 'yes', text: planted }] })
  await make('/v1/webhooks', { url: `https://example.com/${planted}`, description: planted })
  await make('/v1/keys', { name: planted, scopes: ['notifications:read'] })
  await client.put(`/v1/users/${userId}`, { attributes: { planted } })
  await client.put('/v1/topics/their-topic', { name: planted })
  await client.put(`/v1/topics/their-topic/subscribers/${userId}`, {})
  const lists = ['/v1/connections', '/v1/notifications', '/v1/connect-links', '/v1/webhooks', '/v1/keys', '/v1/events']
  const pages = await Promise.all(lists.map((path) => client.get(`${path}?limit=1`)))
  const cursors = pages.flatMap((page) => {
    const { data, next_cursor: cursor } = page.json<{ data: { id: string }[]; next_cursor?: string | null }>()
    ids.push(...data.map(({ id }) => id))
    return cursor ?? []
  })
  expect(new Set(ids.map((id) => id.slice(0, 3))).size).toBe(10)
  expect(cursors.length).toBeGreaterThan(0)
  // One of each kind will do.
  return { ids: [...new Map(ids.map((id) => [id.slice(0, 3), id])).values()], cursors }
}

async function uploadFile(app: FastifyInstance, { key }: Pick<Tenant, 'key'>): Promise<string> {
  const form = new FormData()
  form.set('file', new Blob([planted], { type: 'text/plain' }), planted)
  const request = new Request('http://localhost/v1/files', { method: 'POST', body: form })
  const response = await app.inject({
    method: 'POST',
    url: '/v1/files',
    headers: { authorization: `Bearer ${key}`, 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  })
  expect(response.statusCode, response.body).toBe(201)
  return response.json<{ id: string }>().id
}

/** All rows of a tenant in all tables, but for what follows from the time. */
async function readAll(db: Database, tenantId: string): Promise<Record<string, string[]>> {
  const tables = await db.$queryRaw<{ table: string }[]>`
    SELECT c.relname AS table FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attname = 'tenant_id'
    ORDER BY 1`
  const rows: Record<string, string[]> = {}
  for (const { table } of tables) {
    const found = await db.$queryRawUnsafe<{ row: string }[]>(
      `SELECT (to_jsonb(t) - 'last_used_at')::text AS row FROM ${table} t WHERE tenant_id = $1::uuid ORDER BY 1`,
      tenantId,
    )
    rows[table] = found.map(({ row }) => row)
  }
  return rows
}
