import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { generateKey, issueApiKey, scopes } from '@tellwire/domain'
import fc from 'fast-check'
import { expect } from 'vitest'
import { createBot, createConnection, test } from '../test/fixtures.js'

const problem = {
  type: expect.stringMatching(/^http.*\/problems\/\w+$/),
  title: expect.any(String),
  status: expect.any(Number),
  detail: expect.any(String),
  instance: expect.any(String),
  code: expect.any(String),
  request_id: expect.any(String),
  retryable: expect.any(Boolean),
}

test('answers every failure with a problem document', async ({ app, as, tenant }) => {
  const answers = [
    await app.inject('/nowhere'),
    await app.inject('/v1/users'),
    await as(tenant).get('/v1/users/nobody'),
    await as(tenant).post('/v1/notifications', {}),
    await app.inject('/v1/%zz'),
    await app.inject(`/v1/users/${'x'.repeat(3_000)}`),
  ]

  for (const answer of answers) {
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/)
    expect(answer.json()).toMatchObject(problem)
    expect(answer.json<{ status: number }>().status).toBe(answer.statusCode)
  }
})

test('serves the page that the type of a problem names', async ({ app }) => {
  const { type } = (await app.inject('/nowhere')).json<{ type: string }>()

  expect((await app.inject(new URL(type).pathname)).json()).toMatchObject({ code: 'not_found', status: 404 })
})

test.for([
  ['nothing', undefined],
  ['a wrong scheme', 'Basic abc'],
  ['a typo', `Bearer tw_live_${'a'.repeat(38)}`],
  ['an unknown key', 'Bearer tw_live_00000000000000000000000000000000000000'],
] as const)('does not let %s in', async ([, authorization], { app }) => {
  const response = await app.inject({ url: '/v1/users', headers: authorization === undefined ? {} : { authorization } })

  expect(response.json()).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect(response.headers['www-authenticate']).toMatch(/^Bearer/)
})

test('gives the request id back, and makes one where it is missing or absurd', async ({ app }) => {
  const given = await app.inject({ url: '/livez', headers: { 'x-request-id': 'abc-123' } })
  const absurd = await app.inject({ url: '/livez', headers: { 'x-request-id': 'a b"c' } })

  expect(given.headers['x-request-id']).toBe('abc-123')
  expect(absurd.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
})

test('tells how much of the rate is left, with security headers', async ({ as, tenant }) => {
  const { headers } = await as(tenant).get('/v1/users')

  expect(headers['ratelimit-policy']).toBe('"key";q=10000;w=1, "requests-per-second";q=10000;w=1')
  expect(headers['ratelimit']).toMatch(/^"key";r=\d+;t=\d+, "requests-per-second";r=\d+;t=\d+$/)
  expect(headers['content-security-policy']).toContain("default-src 'self'")
  expect(headers['x-content-type-options']).toBe('nosniff')
})

test('is alive and ready, and tells no more than that to strangers', async ({ admin, app, as, tenant }) => {
  expect((await app.inject('/livez')).json()).toEqual({ status: 'ok' })
  expect((await app.inject('/readyz')).json()).toEqual({ status: 'ok' })
  expect((await as(tenant).get('/readyz')).json()).toEqual({ status: 'ok' })
  expect((await admin.get('/readyz')).json()).toEqual({
    status: 'ok',
    checks: { postgres: 'ok', queue: 'ok' },
    queue: 'postgres',
    database_roles: 'two roles',
  })
})

test('of a key that is refused, what is wrong with its form is told', async ({ app }) => {
  const ask = async (url: string, token: string) =>
    (await app.inject({ url, headers: { authorization: `Bearer ${token}` } })).json<{ detail: string }>().detail
  const key = generateKey('live')

  expect(await ask('/v1/me', generateKey('admin'))).toContain("an admin's key: here a tenant's is needed")
  expect(await ask('/admin/v1/tenants', key)).toContain("a tenant's key: here an admin's is needed")
  expect(await ask('/v1/me', key.slice(0, -1))).toContain('not the whole of it')
  expect(await ask('/v1/me', key)).toContain('unknown, expired or revoked')
})

test('what is behind a key is kept by no cache', async ({ admin, app, as, tenant }) => {
  const answers = await Promise.all([
    as(tenant).get('/v1/me'),
    as(tenant).get('/v1/users/nobody'),
    as(tenant).put('/v1/users/a', { attributes: 5 }),
    admin.get('/admin/v1/tenants'),
    app.inject('/v1/me'),
  ])

  expect(answers.map(({ headers }) => headers['cache-control'])).toEqual(answers.map(() => 'no-store'))
})

test('an answer shows nothing that the key may not read', async ({ api, app, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const { id } = (await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'x' })).json<{
    id: string
  }>()
  const made = await as(tenant).post('/v1/templates', { name: 't', texts: { en: 'x' } })
  const template = made.json<{ id: string }>().id
  const { key } = await issueApiKey(db, {
    tenantId: tenant.id,
    name: 'writer',
    scopes: scopes.filter((scope) => scope.endsWith(':write') || scope === 'notifications:read'),
  })
  const writer = { id: tenant.id, key }

  const hidden = await Promise.all([
    as(writer).put('/v1/users/u', { attributes: { a: 1 } }),
    as(writer).patch('/v1/users/u', { attributes: { b: 1 } }),
    as(writer).post(`/v1/templates/${template}/publish`, {}),
    as(writer).post('/v1/templates', { name: 'other', texts: { en: 'x' } }, { 'idempotency-key': 'once' }),
    as(writer).put(`/v1/templates/${template}`, { texts: { en: 'y' } }),
  ])
  const render = await as(writer).post('/v1/render', { text: 'x', user_id: 'u' })
  const shown = await as(writer).post(`/v1/notifications/${id}/pause`, {})

  expect(hidden.map(({ statusCode, body }) => [statusCode, body])).toEqual(hidden.map(() => [204, '']))
  expect(hidden[3]?.headers['location']).toMatch(/^\/v1\/templates\/tpl_/)
  expect(render.json()).toMatchObject({ status: 403, code: 'insufficient_scope' })
  expect(shown.statusCode).toBe(200)
  expect((await app.inject({ url: '/v1/users/u', headers: { authorization: `Bearer ${key}` } })).statusCode).toBe(403)
})

test('serves the description of its operations, with its own address', async ({ app }) => {
  const document = (await app.inject('/openapi.json')).json<{ servers: { url: string }[]; paths: object }>()

  expect(document.servers[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  expect(Object.keys(document.paths)).toContain('/v1/notifications/{id}')
})

test.for([
  ['malformed JSON', '{"to":', 'application/json', 400, 'malformed_json', ''],
  ['an empty body', '', 'application/json', 400, 'malformed_json', ''],
  ['no JSON object', '[]', 'application/json', 400, 'invalid_request', ''],
  ['another content type', 'a=1', 'application/x-www-form-urlencoded', 415, 'unsupported_media_type', ''],
  ['a number for text', '{"to":{"user_id":"u"},"text":5}', 'application/json', 400, 'invalid_request', '/text'],
  ['U+0000', '{"to":{"user_id":"u"},"text":"a\\u0000b"}', 'application/json', 400, 'invalid_request', '/text'],
  [
    'half a surrogate pair',
    '{"to":{"user_id":"u"},"text":"\\ud800"}',
    'application/json',
    400,
    'invalid_request',
    '/text',
  ],
  [
    'U+0000 in a name',
    '{"metadata":{"a\\u0000":1}}',
    'application/json',
    400,
    'invalid_request',
    expect.stringContaining('/metadata/'),
  ],
  [
    'deep nesting',
    `{"metadata":${'['.repeat(10_000)}${']'.repeat(10_000)}}`,
    'application/json',
    400,
    'invalid_request',
    expect.stringContaining('/metadata'),
  ],
  [
    'two targets',
    '{"to":{"user_id":"u","connection_id":"c"},"text":"x"}',
    'application/json',
    400,
    'invalid_request',
    '/to',
  ],
  ['an empty user id', '{"to":{"user_id":""},"text":"x"}', 'application/json', 400, 'invalid_request', '/to/user_id'],
] as const)('refuses %s with a pointer', async ([, payload, type, status, code, pointer], { app, tenant }) => {
  const response = await app.inject({
    method: 'POST',
    url: '/v1/notifications',
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': type },
    payload,
  })

  expect(response.json()).toMatchObject({ ...problem, status, code })
  expect(response.json<{ errors?: { pointer: string }[] }>().errors?.[0]?.pointer).toEqual(pointer)
})

test('refuses bytes that are not UTF-8', async ({ app, tenant }) => {
  const payload = Buffer.concat([Buffer.from('{"text":"'), Buffer.of(0xff, 0xfe), Buffer.from('"}')])
  const response = await app.inject({
    method: 'POST',
    url: '/v1/notifications',
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
    payload,
  })

  expect(response.json()).toMatchObject({ ...problem, status: 400, code: 'invalid_encoding' })
})

test('refuses bodies, texts and metadata that are too large', async ({ as, tenant }) => {
  const send = (body: object) => as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'x', ...body })

  expect((await send({ text: 'x'.repeat(5_300_000) })).json()).toMatchObject({
    ...problem,
    status: 413,
    code: 'payload_too_large',
  })
  expect((await send({ text: 'é'.repeat(1_100_000) })).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/text', code: 'too_long' }],
  })
  expect((await send({ text: 'é'.repeat(32_769) })).json()).toMatchObject({
    status: 422,
    code: 'message_too_long',
    errors: [{ pointer: '/text', detail: expect.stringContaining('"overflow"') }],
  })
  expect((await send({ metadata: { a: 'x'.repeat(4_096) } })).json()).toMatchObject({
    status: 400,
    errors: [{ pointer: '/metadata', code: 'too_long' }],
  })
})

test('answers absurd HTTP with a problem document', async ({ app }) => {
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as AddressInfo
  const exchange = (request: string) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(request))
      let answer = ''
      socket.on('data', (chunk: Buffer) => (answer += chunk.toString()))
      socket.on('close', () => resolve(answer))
      socket.on('error', () => resolve(answer))
    })

  const overflow = await exchange(`GET /livez HTTP/1.1\r\nHost: a\r\nX-Long: ${'x'.repeat(40_000)}\r\n\r\n`)
  const nonsense = await exchange('NONSENSE\r\n\r\n')

  expect(overflow).toMatch(/^HTTP\/1\.1 431 /)
  expect(overflow).toContain('"code":"headers_too_large"')
  expect(nonsense).toMatch(/^HTTP\/1\.1 400 /)
  expect(nonsense).toContain('"code":"malformed_request"')
})

test.for([{ 'idempotency-key': 'x'.repeat(256) }, { prefer: 'x'.repeat(201) }])(
  'refuses absurd headers: %j',
  async (headers, { as, tenant }) => {
    const response = await as(tenant).post('/v1/notifications', { to: { user_id: 'u' }, text: 'x' }, headers)

    expect(response.json()).toMatchObject({
      ...problem,
      status: 400,
      errors: [{ pointer: `/${Object.keys(headers)[0]}` }],
    })
  },
)

const routes = [
  '/v1/notifications',
  '/v1/connect-links',
  '/v1/bots',
  '/admin/v1/tenants',
  '/admin/v1/tenants/ten_01m7yvzk35fvyby13znbftzpgx/keys',
  '/telegram/1',
]

test('never answers 500, whatever is posted to whichever route', async ({ api, app, admin, as, db, tenant }) => {
  await createBot(api, tenant)
  await createConnection(db, tenant, 'u')
  const names = fc.constantFrom(
    'to',
    'user_id',
    'connection_id',
    'text',
    'format',
    'priority',
    'metadata',
    'token',
    'chat',
    'expires_in',
    'locale',
    'redirect_url',
    'name',
    'scopes',
    'mode',
    'expires_at',
    'bot_id',
    'replace',
    '__proto__',
    'constructor',
  )
  const values = fc.oneof(
    fc.constantFrom<unknown>(
      'u',
      'markdown',
      'high',
      'private',
      null,
      true,
      0,
      -1,
      1e308,
      60,
      '',
      '\u0000',
      '\ud800',
      [],
      {},
      { user_id: 'u' },
      { user_id: '\u202e' },
      ['users:read'],
      '2999-01-01T00:00:00Z',
      'https://a.b',
      '**',
      '> '.repeat(200),
    ),
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 60 }),
  )
  const body = fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(names, values, { maxKeys: 6 }) },
    { weight: 1, arbitrary: fc.jsonValue() },
  )
  const headers = fc.record(
    { 'idempotency-key': fc.stringMatching(/^[ -~]{1,40}$/), prefer: fc.stringMatching(/^[ -~]{0,20}$/) },
    { requiredKeys: [] },
  )

  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), body, headers, async (url, payload, extra) => {
      const client = url.startsWith('/admin') ? admin : as(tenant)
      const response = await client.post(url, payload, extra)

      expect(response.statusCode, response.body).toBeLessThan(500)
      if (response.statusCode >= 400) expect(response.json()).toMatchObject({ code: expect.any(String) })
    }),
    { numRuns: 3_000 },
  )
  expect((await app.inject('/livez')).statusCode).toBe(200)
})
