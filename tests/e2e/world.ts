import { parseId, scopes } from '@tellwire/domain'
import { eventually, type TestDatabase } from '@tellwire/testing'
import pg from 'pg'
import { type Backend, type ServiceOptions, type Services, shareServices, startServices } from './services.js'

export type { Backend } from './services.js'

export interface Json {
  [key: string]: any // oxlint-disable-line typescript/no-explicit-any -- answers are looked into freely by tests
}

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

export interface Person {
  id: number
  open(link: string): Promise<Json>
  /** All of the chat with the world's bot. */
  messages(): Promise<Json[]>
  /** What the bot has written, the welcome first. */
  answers(): Promise<Json[]>
  say(text: string): Promise<unknown>
  /** Presses the button with this text in the newest message that has one, in the private chat or in a group. @returns what the press was answered with. */
  press(label: string, chatId?: number): Promise<string | null>
  /** Waits for a message of the bot in which this stands. */
  hears(text: string, after?: number): Promise<Json>
}

/** A tenant with a bot, in the whole service. */
export interface World extends Services {
  key: string
  tenantId: string
  bot: { id: string; username: string; token: string }
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  newPerson(firstName: string, languageCode?: string): Promise<Person>
  /** A person whose private chat is connected to a user, and who was welcomed. */
  connect(userId: string): Promise<Person>
  /** Connects a group, with one person in it, to a user. @returns the id of its chat. */
  connectGroup(userId: string, person: Person, group?: object): Promise<number>
  /** Posts a notification that has to be accepted. @returns the answer. */
  post(notification: object): Promise<Json>
  /** The same for one user. @returns its id. */
  tell(userId: string, message: string | object): Promise<string>
  notification(id: string): Promise<Json>
  /** The notification once all of its deliveries have ended. */
  settled(id: string): Promise<Json>
  /** The data of all events of a type, oldest first. */
  events(type: string): Promise<Json[]>
  /** Lets calls of the bot to a chat fail once. */
  fault(chatId: number, how: object): Promise<Answer>
  /** Messages that Telegram was asked to send, the refused ones too, in the order of their arrival. */
  requests(): Promise<Json[]>
  /** Those that it took, with this text. */
  arrivalsOf(text: string): Promise<Json[]>
}

/** A tenant in processes of its own, which a test may end, start and shape. */
export const createWorld = async (options: ServiceOptions = {}): Promise<World> => settle(await startServices(options))

/** A tenant in processes that other files of tests use as well. */
export const joinWorld = async (backend?: Backend): Promise<World> => ({
  ...(await settle(await shareServices(backend))),
  stop: () => Promise.resolve(),
})

async function settle(services: Services): Promise<World> {
  const { api, sandbox, database, adminKey } = services
  const asAdmin = (method: string, path: string, body: unknown) =>
    send(api, method, path, body, { authorization: `Bearer ${adminKey}` })
  const tenant = await asAdmin('POST', '/admin/v1/tenants', { name: 'Acme & Söhne' })
  const issued = await asAdmin('POST', `/admin/v1/tenants/${tenant.body['id']}/keys`, { name: 'e2e', scopes })
  const key = issued.body['key'] as string
  const tenantId = tenant.body['id'] as string

  const call: World['call'] = (method, path, body, headers) =>
    send(api, method, path, body, { authorization: `Bearer ${key}`, ...headers })
  const control: World['control'] = (method, path, body) => send(sandbox, method, `/sandbox/v1${path}`, body)
  // A busy machine may take longer than Telegram waits for the answer to a press.
  await control('PUT', '/limits', { press_seconds: 120 })
  const made = await control('POST', '/bots', {})
  const registered = await call('POST', '/v1/bots', { token: made.body['token'] })
  if (registered.status !== 201) throw new Error(`the bot was not registered: ${JSON.stringify(registered.body)}`)
  const bot = {
    id: registered.body['id'] as string,
    username: made.body['username'] as string,
    token: made.body['token'] as string,
  }

  const newPerson = async (firstName: string, languageCode?: string): Promise<Person> => {
    const person = await control('POST', '/people', {
      first_name: firstName,
      ...(languageCode ? { language_code: languageCode } : {}),
    })
    if (person.status !== 201) throw new Error(`no person was made: ${JSON.stringify(person.body)}`)
    const id = person.body['id'] as number
    const messages = async () =>
      (await control('GET', `/people/${id}/messages?bot=${bot.username}`)).body['data'] as Json[]
    return {
      id,
      open: async (link) => (await control('POST', `/people/${id}/open`, { link })).body,
      messages,
      answers: async () => (await messages()).filter((message) => message['from_bot']),
      say: (text) => control('POST', `/people/${id}/say`, { bot: bot.username, text }),
      press: async (label, chatId) => {
        const found = await eventually(
          async () => {
            const path =
              chatId === undefined ? `/people/${id}/messages?bot=${bot.username}` : `/groups/${chatId}/messages`
            return findButton((await control('GET', path)).body['data'] as Json[], label)
          },
          (button) => button !== undefined,
        )
        if (!found) throw new Error(`there is no button "${label}"`)
        const { message, row, column } = found
        const { body } = await control('POST', `/people/${id}/press`, {
          ...(chatId === undefined ? { bot: bot.username } : { chat_id: chatId }),
          message_id: message['message_id'],
          row,
          column,
        })
        const query = await eventually(
          async () => (await control('GET', `/callback-queries/${body['callback_query_id']}`)).body,
          (answer) => answer['is_answered'] === true,
        )
        return query['text'] as string | null
      },
      hears: async (text, after = 0) => {
        const query = new URLSearchParams({
          person: String(id),
          bot: bot.username,
          contains: text,
          after: String(after),
          timeout: '60',
        })
        const { status, body } = await control('GET', `/wait?${query}`)
        if (status !== 200) throw new Error(`${body['error']}, but ${JSON.stringify((await messages()).slice(-3))}`)
        return body
      },
    }
  }
  const issueLink = async (wanted: Json): Promise<Json> => {
    const { status, body } = await call('POST', '/v1/connect-links', wanted)
    if (status !== 201) throw new Error(`no link was issued: ${JSON.stringify(body)}`)
    return body
  }
  const connect = async (userId: string): Promise<Person> => {
    const link = await issueLink({ user_id: userId })
    const person = await newPerson(userId)
    await person.open(link['url'] as string)
    await used(link['id'] as string)
    await eventually(
      () => person.answers(),
      (answers) => answers.length > 0,
    )
    return person
  }
  const used = (linkId: string) =>
    eventually(
      async () => (await call('GET', `/v1/connect-links/${linkId}`)).body['status'],
      (status) => status === 'used',
    )
  const connectGroup: World['connectGroup'] = async (userId, person, group = {}) => {
    const made = await control('POST', '/groups', { title: userId, members: [person.id], ...group })
    const link = await issueLink({ user_id: userId, bot_id: bot.id, chat: 'group' })
    await control('POST', `/people/${person.id}/open`, { link: link['url'], chat_id: made.body['id'] })
    await used(link['id'] as string)
    return made.body['id'] as number
  }
  const post: World['post'] = async (notification) => {
    const { status, body } = await call('POST', '/v1/notifications', notification)
    if (status !== 202) throw new Error(`it was not accepted: ${JSON.stringify(body)}`)
    return body
  }
  const notification: World['notification'] = async (id) => (await call('GET', `/v1/notifications/${id}`)).body
  const requests: World['requests'] = async () => {
    const { body } = await control('GET', `/requests?bot=${bot.username}`)
    return (body['data'] as Json[]).filter((request) => request['method'] === 'sendMessage')
  }

  return {
    ...services,
    key,
    tenantId,
    bot,
    call,
    control,
    newPerson,
    connect,
    connectGroup,
    post,
    tell: async (userId, message) => {
      const content = typeof message === 'string' ? { text: message } : message
      return (await post({ to: { user_id: userId }, ...content }))['id'] as string
    },
    notification,
    settled: (id) =>
      eventually(
        () => notification(id),
        ({ status }) => status === 'settled',
      ),
    events: (type) => readEvents(database, tenantId, type),
    fault: (chatId, how) => control('POST', '/faults', { method: 'sendMessage', chat_id: chatId, ...how }),
    requests,
    arrivalsOf: async (text) => (await requests()).filter((request) => request['accepted'] && request['text'] === text),
  }
}

/** Connects so many users, each with a chat of its own, and waits until their welcomes have arrived. */
export async function connectMany(world: World, count: number): Promise<string[]> {
  const userIds = Array.from({ length: count }, (_, index) => `user_${index}`)
  const links = await Promise.all(userIds.map((userId) => world.call('POST', '/v1/connect-links', { user_id: userId })))
  for (const [index, link] of links.entries()) {
    const person = await world.newPerson(`Person ${index}`)
    await person.open(link.body['url'])
  }
  const welcomed = async () => (await world.requests()).filter((request) => request['accepted']).length
  await eventually(welcomed, (sent) => sent >= count)
  return userIds
}

async function readEvents({ ownerUrl }: TestDatabase, tenantId: string, type: string): Promise<Json[]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  await client.connect()
  const { rows } = await client.query<{ data: Json }>(
    'SELECT data FROM events WHERE tenant_id = $1 AND type = $2 ORDER BY id',
    [parseId('ten', tenantId), type],
  )
  await client.end()
  return rows.map(({ data }) => data)
}

/** A process that the machine gave no time for seconds asks to come again: it has done nothing of a request. */
async function send(...request: Parameters<typeof sendOnce>): Promise<Answer> {
  return eventually(
    () => sendOnce(...request),
    ({ body }) => !/Nothing of the request was done/.test(String(body['detail'])),
  )
}

async function sendOnce(
  base: string,
  method: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(base + path, {
    method,
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? {} : (JSON.parse(text) as Json) }
}

/** The newest button with this text, and where it stands. */
function findButton(
  messages: readonly Json[],
  label: string,
): { message: Json; row: number; column: number } | undefined {
  for (const message of messages.toReversed()) {
    const rows = message['buttons'] as { text: string }[][]
    const row = rows.findIndex((buttons) => buttons.some(({ text }) => text === label))
    if (row >= 0) return { message, row, column: rows[row]?.findIndex(({ text }) => text === label) ?? 0 }
  }
  return undefined
}
