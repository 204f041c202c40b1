import type { AddressInfo } from 'node:net'
import { recordEvents } from '@tellwire/domain'
import { eventually } from '@tellwire/testing'
import type { FastifyInstance } from 'fastify'
import { expect } from 'vitest'
import { createTenant, type Tenant, test } from '../../../test/fixtures.js'

interface Message {
  id: string
  event: string
  data: Record<string, unknown>
}

/** Reads a stream of server-sent events as it comes. */
async function openStream(app: FastifyInstance, { key }: Tenant, query = '', headers: Record<string, string> = {}) {
  if (!app.server.listening) await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const controller = new AbortController()
  const response = await fetch(`http://127.0.0.1:${port}/v1/events/stream${query}`, {
    headers: { authorization: `Bearer ${key}`, ...headers },
    signal: controller.signal,
  })
  const messages: Message[] = []
  const state: { isOver: boolean; lastId?: string } = { isOver: false }
  const readAll = async () => {
    let text = ''
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const fields = new Map(
          block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        const [id, event, data] = ['id', 'event', 'data'].map((name) => fields.get(name))
        if (id) state.lastId = id
        if (id && event && data) messages.push({ id, event, data: JSON.parse(data) as Record<string, unknown> })
      }
    }
  }
  void readAll()
    .catch(() => undefined)
    .finally(() => (state.isOver = true))
  return { response, messages, state, close: () => controller.abort() }
}

const restored = (tenantId: string) => ({
  tenantId,
  type: 'bot.restored' as const,
  data: { bot_id: '0193f3a0-0000-7000-8000-00000000000a' },
})

test('are listed in order, in one shape, with a cursor also where nothing is new', async ({ as, db, tenant }) => {
  const list = async (query = '') => (await as(tenant).get(`/v1/events${query}`)).json()
  await recordEvents(db, [restored(tenant.id)])
  await recordEvents(db, [{ tenantId: tenant.id, type: 'quota.warning', data: { quota: 'x', limit: 1, percent: 80 } }])

  const first = await eventually(
    () => list('?limit=1'),
    ({ data }) => data.length === 1,
  )
  const second = await eventually(
    () => list(`?after=${first.next_cursor}`),
    ({ data }) => data.length === 1,
  )
  const nothing = await list(`?after=${second.next_cursor}`)

  expect(first.data).toEqual([
    {
      id: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
      type: 'bot.restored',
      sequence: expect.any(String),
      created_at: expect.stringMatching(/Z$/),
      tenant_id: expect.stringMatching(/^ten_/),
      api_version: '2026-11-29',
      data: { bot_id: expect.stringMatching(/^bot_/) },
    },
  ])
  expect(second.data).toMatchObject([{ type: 'quota.warning', data: { quota: 'x' } }])
  expect(first.data[0].sequence < second.data[0].sequence).toBe(true)
  expect(nothing).toEqual({ data: [], next_cursor: expect.any(String), has_more: false })
})

test('of types, of families, from now on', async ({ as, db, tenant }) => {
  const list = async (query: string) => (await as(tenant).get(`/v1/events${query}`)).json()
  const { next_cursor: now } = await list('?after=now')
  await recordEvents(db, [
    restored(tenant.id),
    { tenantId: tenant.id, type: 'bot.unauthorized', data: { bot_id: '0193f3a0-0000-7000-8000-00000000000a' } },
    { tenantId: tenant.id, type: 'quota.warning', data: { quota: 'x', limit: 1, percent: 80 } },
  ])
  const typesOf = async (query: string) =>
    (await list(query)).data.map(({ type }: { type: string }) => type).toSorted() as string[]

  expect(
    await eventually(
      () => typesOf(`?after=${now}`),
      ({ length }) => length === 3,
    ),
  ).toHaveLength(3)
  expect(await typesOf('?type=bot.*')).toEqual(['bot.restored', 'bot.unauthorized'])
  expect(await typesOf('?type=bot.restored,quota.warning')).toEqual(['bot.restored', 'quota.warning'])
  // Of what is misspelt nothing would ever be heard.
  expect(await list('?type=quota.warning,bot_.*')).toMatchObject({
    code: 'invalid_request',
    errors: [{ pointer: '/type', code: 'unknown', detail: 'names bot_.*, which no event is of' }],
  })
})

test('are the tenant’s own', async ({ as, db, tenant }) => {
  const other = await createTenant(db)
  await recordEvents(db, [restored(tenant.id)])
  const mine = await eventually(
    async () => (await as(tenant).get('/v1/events')).json(),
    ({ data }) => data.length === 1,
  )

  expect((await as(other).get('/v1/events')).json().data).toEqual([])
  expect((await as(other).get(`/v1/events?after=${mine.next_cursor}`)).json()).toMatchObject({
    code: 'invalid_request',
    errors: [{ pointer: '/after', code: 'invalid_cursor' }],
  })
})

test.for([
  ['?after=nonsense', 400, 'invalid_request'],
  [
    `?after=${Buffer.from('["x","1","0193f3a0-0000-7000-8000-00000000000a"]').toString('base64url')}`,
    410,
    'cursor_stale',
  ],
  [
    `?after=${Buffer.from('["x","99999999999999999999","0193f3a0-0000-7000-8000-00000000000a"]').toString('base64url')}`,
    400,
    'invalid_request',
  ],
  ['?type=bot', 400, 'invalid_request'],
  ['?limit=1001', 400, 'invalid_request'],
] as const)('refuses %s', async ([query, status, code], { as, tenant }) => {
  const response = await as(tenant).get(`/v1/events${query}`)

  expect([response.statusCode, response.json().code]).toEqual([status, code])
})

test('a stream tells of what happens, and goes on after the last event', async ({ app, db, tenant }) => {
  const other = await createTenant(db)
  const stream = await openStream(app, tenant)
  expect(stream.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
  await recordEvents(db, [restored(tenant.id), restored(other.id)])
  await eventually(() => stream.messages.length === 1)
  stream.close()
  await recordEvents(db, [{ tenantId: tenant.id, type: 'quota.warning', data: { quota: 'x', limit: 1, percent: 80 } }])

  const resumed = await openStream(app, tenant, '', { 'last-event-id': stream.messages[0]?.id ?? '' })
  await eventually(() => resumed.messages.length === 1)

  expect(stream.messages).toMatchObject([{ event: 'bot.restored', data: { type: 'bot.restored' } }])
  expect(resumed.messages).toMatchObject([{ event: 'quota.warning' }])
  resumed.close()
})

test('a stream that breaks before anything happened goes on where it began', async ({ app, db, tenant }) => {
  const stream = await openStream(app, tenant, '?type=quota.warning')
  await eventually(() => stream.state.lastId !== undefined)
  stream.close()
  await recordEvents(db, [{ tenantId: tenant.id, type: 'quota.warning', data: { quota: 'x', limit: 1, percent: 80 } }])

  const resumed = await openStream(app, tenant, '?type=quota.warning', { 'last-event-id': stream.state.lastId ?? '' })
  await eventually(() => resumed.messages.length === 1)
  resumed.close()
})

test('a stream from the start catches up, in order and without a gap, while more is written', async ({
  app,
  db,
  tenant,
}) => {
  const write = (count: number) =>
    Promise.all(Array.from({ length: count }, () => recordEvents(db, [restored(tenant.id)])))
  const writeRounds = async (rounds: number): Promise<void> => {
    for (let round = 0; round < rounds; round++) await write(20)
  }
  await writeRounds(60)
  const writing = writeRounds(20)
  const stream = await openStream(app, tenant, '?after=start')
  await writing

  await eventually(() => stream.messages.length === 1_600)
  const sequences = stream.messages.map(({ data }) => data['sequence'] as string)
  expect(sequences).toEqual(sequences.toSorted())
  expect(new Set(sequences).size).toBe(1_600)
  stream.close()
})

test('a stream ends when its key is revoked, and a key has so many', async ({ app, db, tenant }) => {
  const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(app, tenant)))
  const refused = await openStream(app, tenant)
  expect(refused.response.status).toBe(429)
  await db.apiKey.updateMany({ where: { tenantId: tenant.id }, data: { revokedAt: new Date() } })

  await eventually(() => streams.every(({ state }) => state.isOver))
  expect(streams.every(({ response }) => response.status === 200)).toBe(true)
})
