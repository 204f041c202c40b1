import type { AddressInfo } from 'node:net'
import { test as base } from 'vitest'
import { buildSandbox } from '../src/app.js'
import { World } from '../src/state/world.js'

export interface Answer {
  status: number
  headers: Headers
  body: any // oxlint-disable-line typescript/no-explicit-any -- answers are looked into freely by tests
}

export interface Sandbox {
  url: string
  /** Calls the control API. */
  control(method: string, path: string, body?: unknown): Promise<Answer>
  /** Calls a Bot API method with JSON. */
  api(token: string, method: string, body?: unknown): Promise<Answer>
  newBot(): Promise<{ id: number; username: string; token: string }>
  /** A person who has started the bot. */
  newChat(bot: { username: string }): Promise<number>
}

export const test = base.extend<{ sandbox: Sandbox }>({
  sandbox: async ({}, use) => {
    const app = await buildSandbox({ world: new World() })
    await app.listen({ port: 0, host: '127.0.0.1' })
    await use(clientOf(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`))
    app.server.closeAllConnections()
    await app.close()
  },
})

function clientOf(url: string): Sandbox {
  const control: Sandbox['control'] = (method, path, body) => send(`${url}/sandbox/v1${path}`, method, body)
  return {
    url,
    control,
    api: (token, method, body = {}) => send(`${url}/bot${token}/${method}`, 'POST', body),
    newBot: async () => (await control('POST', '/bots', {})).body,
    async newChat(bot) {
      const { id } = (await control('POST', '/people', { first_name: 'Ada' })).body
      await control('POST', `/people/${id}/say`, { bot: bot.username, text: '/start' })
      return id
    },
  }
}

async function send(url: string, method: string, body?: unknown): Promise<Answer> {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) }
}
