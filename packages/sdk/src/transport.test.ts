import { expect, test, vi } from 'vitest'
import { Tellwire } from './client.js'
import {
  ApiError,
  AuthenticationError,
  ConflictError,
  ConnectionError,
  InvalidRequestError,
  NotFoundError,
  RateLimitError,
  ServerError,
  TellwireError,
  TimeoutError,
} from './errors.js'
import type { ClientOptions } from './transport.js'

type Answer = Response | Error | ((init: RequestInit) => Promise<Response>)

/** A client of a service that gives these answers, one after the other. */
function serve(answers: Answer[], options: ClientOptions = {}) {
  const asked: { url: string; headers: Headers }[] = []
  const next = answers.values()
  const client = new Tellwire({
    apiKey: 'tw_test',
    fetch: (url, init) => {
      asked.push({ url: new Request(url).url, headers: new Headers(init?.headers) })
      const { value: answer = new Error('no answer is left') } = next.next()
      if (typeof answer === 'function') return answer(init ?? {})
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)
    },
    ...options,
  })
  return { client, asked }
}

const refuse = (status: number, problem: object = {}, headers: Record<string, string> = {}): Response =>
  Response.json(problem, { status, headers: { 'content-type': 'application/problem+json', ...headers } })
const accept = (): Response => Response.json({ id: 'ntf_1' }, { status: 202 })
const message = { to: { user_id: 'u' }, text: 'Hi' }
const soon = { 'retry-after': '0' }

test('tries again what may pass, under one idempotency key', async () => {
  for (const passing of [
    () => refuse(408, {}, soon),
    () => refuse(409, { code: 'idempotency_in_flight' }, soon),
    () => refuse(429, {}, soon),
    () => refuse(503, {}, soon),
  ]) {
    const { client, asked } = serve([passing(), passing(), accept()])

    expect(await client.notifications.send(message)).toEqual({ id: 'ntf_1' })
    const keys = asked.map(({ headers }) => headers.get('idempotency-key'))
    expect(keys).toHaveLength(3)
    expect(new Set(keys).size).toBe(1)
    expect(keys[0]).toMatch(/^[\w-]{36}$/)
  }
})

test('another call has another key, and a caller may give one', async () => {
  const { client, asked } = serve([accept(), accept(), accept()])
  await client.notifications.send(message)
  await client.notifications.send(message)
  await client.notifications.send(message, { idempotencyKey: 'order-1' })

  const keys = asked.map(({ headers }) => headers.get('idempotency-key'))
  expect(new Set(keys).size).toBe(3)
  expect(keys[2]).toBe('order-1')
})

test('gives up after two more attempts, or as many as are asked for', async () => {
  const { client, asked } = serve(Array.from({ length: 9 }, () => refuse(503, {}, soon)))

  await expect(client.account.getMe()).rejects.toThrow(ServerError)
  expect(asked).toHaveLength(3)
  await expect(client.account.getMe({ retries: 0 })).rejects.toThrow(ServerError)
  expect(asked).toHaveLength(4)
})

test('does not try again what stays refused', async () => {
  for (const [status, code, Class] of [
    [400, 'invalid_request', InvalidRequestError],
    [401, 'unauthenticated', AuthenticationError],
    [404, 'not_found', NotFoundError],
    [409, 'conflict', ConflictError],
  ] as const) {
    const { client, asked } = serve([refuse(status, { code })])

    await expect(client.account.getMe()).rejects.toThrow(Class)
    expect(asked).toHaveLength(1)
  }
})

test('waits for as long as the service says, and leaves long waits to the caller', async () => {
  vi.useFakeTimers()
  try {
    const { client, asked } = serve([refuse(429, {}, { 'retry-after': '7' }), accept()])
    const sent = client.notifications.send(message)
    await vi.advanceTimersByTimeAsync(6_900)
    expect(asked).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(200)
    await sent
  } finally {
    vi.useRealTimers()
  }
  const { client } = serve([refuse(429, { code: 'rate_limited' }, { 'retry-after': '3600' })])
  await expect(client.account.getMe()).rejects.toMatchObject({ retryAfterMs: 3_600_000, status: 429 })
})

test('backs off from half a second to eight, never for the same time', async () => {
  vi.useFakeTimers()
  try {
    const waits: number[] = []
    const hooks = { response: ({ retryInMs }: { retryInMs?: number | undefined }) => void waits.push(retryInMs ?? -1) }
    const { client } = serve(
      Array.from({ length: 9 }, () => new TypeError('fetch failed')),
      { retries: 7, hooks },
    )
    const failed = expect(client.account.getMe()).rejects.toThrow(ConnectionError)
    await vi.advanceTimersByTimeAsync(60_000)
    await failed
    expect(waits).toHaveLength(8)
    for (const [attempt, wait] of waits.slice(0, -1).entries()) {
      const most = Math.min(8_000, 500 * 2 ** attempt)
      expect(wait).toBeGreaterThanOrEqual(most / 2)
      expect(wait).toBeLessThanOrEqual(most)
    }
    expect(waits.at(-1)).toBe(-1)
  } finally {
    vi.useRealTimers()
  }
})

test('an error says what happened, where, and under which number', async () => {
  const { client } = serve([
    refuse(400, {
      code: 'invalid_request',
      detail: 'The request is not usable.',
      request_id: 'req_1',
      errors: [{ pointer: '/text', detail: 'must not be empty' }],
    }),
  ])

  const error = await client.notifications.send(message).then(
    () => undefined,
    (refused: unknown) => refused,
  )
  expect(error).toBeInstanceOf(ApiError)
  expect(error).toMatchObject({ code: 'invalid_request', requestId: 'req_1', errors: [{ pointer: '/text' }] })
  expect(String(error)).toBe('InvalidRequestError: The request is not usable.\n  /text: must not be empty')
})

test('what a proxy answers is an error of its status too', async () => {
  const { client } = serve([new Response('<html>Bad gateway</html>', { status: 502 })])

  await expect(client.account.getMe({ retries: 0 })).rejects.toMatchObject({ code: 'http_502', status: 502 })
})

test('an answer that breaks off is asked for again', async () => {
  const broken = () =>
    new Response(new ReadableStream({ start: (body) => body.error(new Error('reset')) }), {
      headers: { 'content-type': 'application/json' },
    })
  const { client, asked } = serve([broken(), Response.json({ tenant: 1 })])

  expect(await client.account.getMe()).toEqual({ tenant: 1 })
  expect(asked).toHaveLength(2)
})

test('no answer in time is a timeout; a caller who gives up hears its own reason', async () => {
  const never = (init: RequestInit) =>
    new Promise<Response>((_, reject) =>
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason as Error)),
    )
  const { client } = serve([never, never, never])

  await expect(client.account.getMe({ timeoutMs: 20, retries: 0 })).rejects.toThrow(TimeoutError)
  const caller = new AbortController()
  const asking = client.account.getMe({ signal: caller.signal })
  caller.abort(new Error('changed my mind'))
  await expect(asking).rejects.toThrow('changed my mind')
  const waiting = serve([refuse(503, {}, { 'retry-after': '30' })])
  const late = new AbortController()
  const retrying = waiting.client.account.getMe({ signal: late.signal })
  setTimeout(() => late.abort(new Error('too late')), 20)
  await expect(retrying).rejects.toThrow('too late')
})

test('waiting for something takes its time, also in a client that is not patient', async () => {
  const answered = Response.json({ id: 'qst_1', status: 'answered' })
  const late = async (init: RequestInit) => {
    await new Promise((resolve) => setTimeout(resolve, 100))
    init.signal?.throwIfAborted()
    return answered
  }
  const { client, asked } = serve([late], { timeoutMs: 20 })

  expect(await client.questions.waitUntilEnded('qst_1')).toMatchObject({ status: 'answered' })
  expect(asked[0]?.url).toMatch(/\/v1\/questions\/qst_1\?wait=30$/)
})

test('a list is its first page, or everything', async () => {
  const pages = () => [
    Response.json({ data: [{ id: 'a' }, { id: 'b' }], next_cursor: 'c1' }),
    Response.json({ data: [{ id: 'c' }], next_cursor: null }),
  ]
  const { client, asked } = serve([...pages(), ...pages()])

  expect(await client.notifications.list({ limit: 2 })).toMatchObject({ next_cursor: 'c1' })
  await client.notifications.list()
  asked.length = 0
  const again = serve(pages())
  const ids: string[] = []
  for await (const { id } of again.client.notifications.list({ limit: 2 })) ids.push(id)
  expect(ids).toEqual(['a', 'b', 'c'])
  expect(again.asked.map(({ url }) => new URL(url).search)).toEqual(['?limit=2', '?limit=2&cursor=c1'])
})

test('a page without anything is not the end of a list', async () => {
  const { client } = serve([
    Response.json({ data: [], next_cursor: 'c1' }),
    Response.json({ data: [{ user_id: 'u1' }], next_cursor: null }),
  ])

  const ids: string[] = []
  for await (const { user_id: id } of client.users.list({ connected: true })) ids.push(id)
  expect(ids).toEqual(['u1'])
})

test('a file is read for longer than its answer is waited for', async () => {
  const slowly = new ReadableStream({
    async start(body) {
      // Longer than the answer is waited for.
      for (const line of ['one\n', 'two\n']) {
        await new Promise((resolve) => setTimeout(resolve, 60))
        body.enqueue(new TextEncoder().encode(line))
      }
      body.close()
    },
  })
  const { client } = serve([
    async ({ signal }) => {
      signal?.addEventListener('abort', () => void slowly.cancel())
      return new Response(slowly, { headers: { 'content-type': 'application/jsonl' } })
    },
  ])

  const answer = await client.account.exportAudit({}, { timeoutMs: 40 })
  expect(await answer.text()).toBe('one\ntwo\n')
})

test('where nothing happens is stored too, so that what happens before the next start is heard then', async () => {
  const stored: string[] = []
  const stop = new AbortController()
  const { client } = serve([
    new Response('id: p0\ndata:\n\nid: p1\nevent: user.connected\ndata: {"id":"e","type":"user.connected"}\n\n'),
    async () => Promise.reject(stop.signal.reason as Error),
  ])

  await client.listen(
    { connected: () => stop.abort(new Error('enough')) },
    { store: { load: () => undefined, save: (cursor) => void stored.push(cursor) }, signal: stop.signal },
  )
  expect(stored).toEqual(['p0', 'p1'])
})

test('events are read to their present end', async () => {
  const { client, asked } = serve([
    Response.json({ data: [{ id: 'a' }], next_cursor: 'p1', has_more: true }),
    Response.json({ data: [], next_cursor: 'p1', has_more: false }),
  ])

  const ids: string[] = []
  for await (const { id } of client.events.list({ after: 'start' })) ids.push(id)
  expect(ids).toEqual(['a'])
  expect(asked.map(({ url }) => new URL(url).search)).toEqual(['?after=start', '?after=p1'])
})

test('without a key it says what to do', () => {
  vi.stubEnv('TELLWIRE_API_KEY', '')
  expect(() => new Tellwire()).toThrow(TellwireError)
  vi.stubEnv('TELLWIRE_API_KEY', 'tw_live_x')
  expect(() => new Tellwire()).not.toThrow()
  vi.unstubAllEnvs()
})

test('a hook hears of every attempt', async () => {
  const heard: unknown[] = []
  const hooks = {
    request: ({ method, attempt }: { method: string; attempt: number }) => void heard.push([method, attempt]),
    response: ({ status, requestId }: { status?: number; requestId?: string | undefined }) =>
      void heard.push([status, requestId]),
  }
  const { client } = serve([refuse(429, {}, { ...soon, 'x-request-id': 'r1' }), Response.json({})], { hooks })
  await client.account.getMe()

  expect(heard).toEqual([
    ['GET', 0],
    [429, 'r1'],
    ['GET', 1],
    [200, undefined],
  ])
  expect(new RateLimitError(429, {})).toBeInstanceOf(ApiError)
})
