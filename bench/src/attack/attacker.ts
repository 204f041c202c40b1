import { generateKey } from '@tellwire/domain'
import { Agent, request } from 'undici'

export type Json = Record<string, unknown>

/** A tenant that means harm, and a visitor without a key, at an address of their own. */
export interface Attacker {
  port: number
  key: string
  /** The address that they come from. */
  address: string
  userIds: string[]
  call(method: Method, path: string, body?: unknown, headers?: Record<string, string>): Promise<Json | undefined>
  /** The same with a body as it is. */
  send(method: Method, path: string, body: string, headers?: Record<string, string>): Promise<Json | undefined>
  /** Without a key. */
  visit(path: string, headers?: Record<string, string>): Promise<void>
  /** Makes something that looks like a key. */
  withChecksum(random: string): string
}

type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export function createAttacker(options: Pick<Attacker, 'port' | 'key' | 'address' | 'userIds'>): Attacker {
  const { port, key, address } = options
  const origin = `http://127.0.0.1:${port}`
  const agent = new Agent({ connections: 1_000, connect: { localAddress: address }, headersTimeout: 60_000 })

  const send: Attacker['send'] = async (method, path, body, headers = {}) => {
    const response = await request(`${origin}${path}`, {
      method,
      dispatcher: agent,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body === '' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === '' ? {} : { body }),
    })
    const text = await response.body.text()
    return text.startsWith('{') ? (JSON.parse(text) as Json) : undefined
  }

  return {
    ...options,
    send,
    call: (method, path, body, headers) => send(method, path, body === undefined ? '' : JSON.stringify(body), headers),
    async visit(path, headers = {}) {
      const response = await request(`${origin}${path}`, { dispatcher: agent, headers })
      await response.body.dump()
    },
    withChecksum: () => generateKey('live'),
  }
}
