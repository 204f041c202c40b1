import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { operations as adminOperations, TellwireAdmin } from './admin.js'
import { Tellwire } from './client.js'
import type { Operation } from './operation.js'
import * as operations from './operations.js'

const { paths } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../docs/openapi.json', import.meta.url)), 'utf8'),
) as { paths: Record<string, Record<string, { requestBody?: object; parameters?: { in: string }[] }>> }

const described = Object.entries(paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
)
const tables = {
  ...operations,
  ...Object.fromEntries(Object.entries(adminOperations).map(([name, table]) => [`admin.${name}`, table])),
}
const known = Object.entries(tables).flatMap(([resource, table]) =>
  Object.entries(table as Record<string, Operation>).map(([name, each]) => ({ name: `${resource}.${name}`, ...each })),
)

test('every operation of the API has a method, and no method has none', () => {
  const named = [...known.map(({ method, path }) => `${method} ${path}`), 'GET /v1/events/stream']

  expect(named.toSorted()).toEqual(described.toSorted())
  expect(named.length).toBeGreaterThan(110)
})

test.each(known)('$name asks for $method $path with what it is given', async ({ name, method, path, takes }) => {
  const asked: Request[] = []
  const options = {
    apiKey: 'tw_test',
    baseUrl: 'https://notify.example.com/',
    fetch: (url: string | URL | Request, init?: RequestInit) => {
      asked.push(new Request(url, init))
      return Promise.resolve(Response.json({ data: [], next_cursor: null }))
    },
  }
  const client = name.startsWith('admin.') ? new TellwireAdmin(options) : new Tellwire(options)
  const [resource = '', called = ''] = name.replace('admin.', '').split('.')
  const methods = Reflect.get(client, resource) as Record<string, (...args: unknown[]) => Promise<unknown>>
  const ids = (path.match(/\{/g) ?? []).map((_, index) => `a/b ${index}`)
  const input = {
    nothing: [],
    query: [{ limit: 3, q: undefined }],
    list: [{ limit: 3 }],
    body: [{ text: 'ü' }],
    form: [{ file: new Blob(['x']), name: 'x.txt' }],
  }[takes]

  await methods[called]?.(...ids, ...input)

  const [request] = asked
  const filled = ids.reduce((url, id) => url.replace(/\{\w+\}/, encodeURIComponent(id)), path)
  const query = takes === 'query' || takes === 'list' ? '?limit=3' : ''
  expect(`${request?.method} ${request?.url}`).toBe(`${method} https://notify.example.com${filled}${query}`)
  expect(request?.headers.get('authorization')).toBe('Bearer tw_test')
  expect(request?.headers.has('idempotency-key')).toBe(method === 'POST')
  if (takes === 'body') expect(await request?.json()).toEqual({ text: 'ü' })
  if (takes === 'form') expect(((await request?.formData())?.get('file') as File | undefined)?.name).toBe('x.txt')
  if (takes === 'nothing') expect(await request?.text()).toBe('')
})

test('an id cannot lead to another operation', () => {
  const { users } = new Tellwire({ apiKey: 'x' })

  for (const id of ['', '.', '..']) expect(() => users.get(id)).toThrow(TypeError)
})
