import { createServer, type Server } from 'node:http'
import { readFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { NotFoundError, RateLimitError, Tellwire, toNodeHandler } from '@tellwire/sdk'
import { TellwireAdmin } from '@tellwire/sdk/admin'
import { eventually } from '@tellwire/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { joinWorld, type World } from './world.js'

let world: World
let tellwire: Tellwire
let admin: TellwireAdmin
beforeAll(async () => {
  world = await joinWorld()
  tellwire = new Tellwire({ apiKey: world.key, baseUrl: world.api })
  admin = new TellwireAdmin({ apiKey: world.adminKey, baseUrl: world.api })
})
afterAll(() => world.stop())

test('from a link to a message that has arrived', async () => {
  const { id, url } = await tellwire.connectLinks.issue({ user_id: 'ada' })
  const person = await world.newPerson('Ada')
  const connecting = tellwire.connectLinks.waitUntilConnected(id)
  await person.open(url)

  expect(await connecting).toMatchObject({ status: 'used', user_id: 'ada', display_name: 'Ada' })
  const sent = await tellwire.notifications.send({ to: { user_id: 'ada' }, text: '**Hello**, Ada' })
  const { deliveries } = await tellwire.notifications.waitUntilSettled(sent.id)
  expect(deliveries).toMatchObject([{ status: 'sent' }])
  expect(await person.hears('Hello, Ada')).toBeTruthy()
  for await (const { user_id: userId } of tellwire.users.list()) expect(userId).toBe('ada')
})

test('a link that ends otherwise says so', async () => {
  const { id } = await tellwire.connectLinks.issue({ user_id: 'bob' })
  const connecting = tellwire.connectLinks.waitUntilConnected(id)
  await tellwire.connectLinks.revoke(id)

  await expect(connecting).rejects.toThrow(`The link ${id} is revoked`)
  await expect(tellwire.connectLinks.get('lnk_7zzzzzzzzzzzzzzzzzzzzzzzzz')).rejects.toThrow(NotFoundError)
})

test('a question resolves with its answer', async () => {
  const person = await world.connect('cleo')
  const asking = tellwire.questions.ask({
    to: { user_id: 'cleo' },
    text: 'Tea or coffee?',
    options: [
      { id: 'tea', text: 'Tea' },
      { id: 'coffee', text: 'Coffee' },
    ],
  })
  await person.press('Tea')

  expect(await asking).toMatchObject({ status: 'answered', answer: { option: 'tea', user_id: 'cleo' } })
})

test('what people do is heard over the stream, and goes on where it was left', async () => {
  const person = await world.connect('dora')
  const heard: string[] = []
  let stored: string | undefined
  const store = { load: () => stored, save: (cursor: string) => void (stored = cursor) }
  const listenOnce = async (until: number): Promise<void> => {
    const stop = new AbortController()
    await tellwire.listen(
      {
        message: async ({ data }) => {
          heard.push(`${data.user_id}: ${data.text}`)
          await tellwire.chats.answer(data.connection_id, { text: `You wrote ${data.text}` })
          if (heard.length === until) stop.abort()
        },
        command: ({ data }) => void heard.push(`/${data.command} ${data.argument}`),
      },
      { from: 'start', store, signal: stop.signal },
    )
  }
  await person.say('one')
  const listening = listenOnce(1)
  await person.hears('You wrote one')
  await listening
  await person.say('/status all')
  await person.say('two')
  await listenOnce(3)

  // What was being handled when it ended comes again.
  expect(heard.filter((each) => each !== 'dora: one')).toEqual(['/status all', 'dora: two'])
  expect(await person.hears('You wrote two')).toBeTruthy()
})

test('a handler that fails ends the listening, unless somebody sees to its errors', async () => {
  await world.connect('emil')
  await expect(
    tellwire.listen({ connected: () => Promise.reject(new Error('no')) }, { from: 'start' }),
  ).rejects.toThrow('no')

  const failed: string[] = []
  const stop = new AbortController()
  await tellwire.listen(
    { connected: ({ data }) => Promise.reject(new Error(data.user_id)) },
    {
      from: 'start',
      signal: stop.signal,
      onError: (error) => {
        failed.push((error as Error).message)
        if (failed.includes('emil')) stop.abort()
      },
    },
  )
  expect(failed.length).toBeGreaterThan(1)
})

test('the same handlers take webhooks', async () => {
  const connected: string[] = []
  let secret = ''
  const server: Server = createServer((request, response) => {
    void toNodeHandler({ connected: ({ data }) => void connected.push(data.user_id) }, { secret })(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const webhook = await tellwire.webhooks.create({ url: `http://localhost:${port}/`, types: ['user.connected'] })
  secret = webhook.secret
  await world.connect('finn')

  expect(await eventually(() => connected.includes('finn'))).toBe(true)
  await tellwire.webhooks.delete(webhook.id)
  server.close()
})

test('what the documentation says of events is how they are', async () => {
  const seen = new Set<string>()
  for await (const event of tellwire.events.list({ after: 'start' })) {
    seen.add(event.type)
    for (const [name, value] of Object.entries(event.data)) {
      if (/(^|_)id$/.test(name) && typeof value === 'string' && !/^(user_id|pressed_by)$/.test(name)) {
        expect(value, `${event.type} ${name}`).toMatch(/^[a-z]{3}_[0-9a-z]{26}$/)
      }
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(['user.connected', 'message.received', 'question.answered']))
})

test('files are uploaded and sent', async () => {
  const person = await world.connect('gus')
  const { id, name } = await tellwire.files.upload({
    file: new Blob(['a,b\n1,2\n'], { type: 'text/csv' }),
    name: 'table.csv',
  })
  expect(name).toBe('table.csv')
  await tellwire.notifications.send({
    to: { user_id: 'gus' },
    text: 'The table',
    attachments: [{ type: 'document', file: id }],
  })

  expect(await person.hears('The table')).toBeTruthy()
})

test('an operator makes a tenant, its key, and reads how the service is', async () => {
  const { id } = await admin.tenants.create({ name: 'Made by code' })
  const { key } = await admin.tenants.issueKey(id, { name: 'first', scopes: ['notifications:read'] })
  const theirs = new Tellwire({ apiKey: key, baseUrl: world.api })

  expect(await theirs.account.getMe()).toMatchObject({ tenant: { id, name: 'Made by code' } })
  await expect(theirs.users.list()).rejects.toMatchObject({ status: 403, code: 'insufficient_scope' })
  expect((await admin.service.getDiagnostics()).checks.length).toBeGreaterThan(5)
  expect(await admin.service.getUsageCsv()).toMatch(/tenant/)
  expect(await admin.tenants.suspend(id)).toMatchObject({ status: 'suspended' })
})

test('a burst is spread over the time that the service asks for', async () => {
  const { id } = await admin.tenants.create({ name: 'In a hurry', limits: { requests_per_second: 5 } })
  const { key } = await admin.tenants.issueKey(id, { name: 'first', scopes: ['notifications:read'] })
  const patient = new Tellwire({ apiKey: key, baseUrl: world.api, retries: 8 })
  const hasty = new Tellwire({ apiKey: key, baseUrl: world.api, retries: 0 })

  await Promise.all(Array.from({ length: 20 }, () => patient.account.getMe()))
  await expect(Promise.all(Array.from({ length: 20 }, () => hasty.account.getMe()))).rejects.toThrow(RateLimitError)
})

interface Described {
  paths: Record<string, Record<string, { operationId: string }>>
}

/** Every operation that the API describes but the stream, which `listen` reads. */
const described = Object.entries(
  (JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as Described).paths,
).flatMap(([path, methods]) =>
  Object.keys(methods).flatMap((method) =>
    path === '/v1/events/stream' ? [] : [{ path, asked: `${method.toUpperCase()} ${path}` }],
  ),
)

/** The operation that a request is for: the one whose path has the fewest parameters of those that fit. */
function operationOf(method: string, pathname: string): string | undefined {
  const fits = described.filter(
    ({ path, asked }) =>
      asked.startsWith(`${method} `) &&
      new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}$`).test(pathname),
  )
  return fits.toSorted((a, b) => a.path.split('{').length - b.path.split('{').length)[0]?.asked
}

test('every method asks the running API for an operation that there is', async () => {
  /** The best status that each was answered with. */
  const answered = new Map<string, number>()
  const unknown: string[] = []
  const noting: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    // On a busy machine it may refuse what it has no time for.
    const response = await eventually(
      () => fetch(request.clone()),
      ({ status, headers }) => status !== 503 || headers.get('retry-after') === null,
    )
    const { pathname } = new URL(request.url)
    const operation = operationOf(request.method, pathname)
    const { detail } = (await response
      .clone()
      .json()
      .catch(() => ({}))) as { detail?: string }
    if (operation === undefined || detail === 'There is no such address.' || response.status === 405) {
      unknown.push(`${request.method} ${pathname}`)
    } else answered.set(operation, Math.min(response.status, answered.get(operation) ?? Infinity))
    return response
  }
  const clients = [
    new Tellwire({ apiKey: world.key, baseUrl: world.api, fetch: noting, retries: 0 }),
    new TellwireAdmin({ apiKey: world.adminKey, baseUrl: world.api, fetch: noting, retries: 0 }),
  ]
  const inputs = [undefined, {}, { file: new Blob(['x']), name: 'x.txt' }]
  for (const client of clients) {
    for (const resource of Object.values(client)) {
      if (typeof resource !== 'object' || resource === null) continue
      for (const [name, method] of Object.entries(resource as Record<string, unknown>)) {
        // What waits for people is tried above.
        if (typeof method !== 'function' || /^(?:ask|wait|listen)/.test(name)) continue
        await callLoosely(method as Method, inputs)
      }
    }
  }

  expect(unknown).toEqual([])
  expect(described.map(({ asked }) => asked).filter((asked) => !answered.has(asked))).toEqual([])
  // Of those without parameters that must be given, the API does what they ask for.
  expect([...answered.values()].filter((status) => status < 300).length).toBeGreaterThan(40)
  expect([...answered].filter(([, status]) => status >= 500)).toEqual([])
})

type Method = (...args: unknown[]) => unknown

/** Calls a method with as many ids as its path takes, whatever it says to that. */
async function callLoosely(method: Method, inputs: readonly unknown[]): Promise<void> {
  for (const ids of [0, 1, 2]) {
    for (const input of inputs) {
      try {
        await method(...Array.from({ length: ids }, () => 'nobody'), input)
      } catch {
        // A refusal is an answer; what the client itself refuses is tried with more ids.
      }
    }
  }
}
