import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createAddressRules } from '@tellwire/domain'
import { request } from 'undici'
import { expect, test } from 'vitest'
import { AddressRefused, createGuardedAgent, findAddressFault } from './guarded-agent.js'

async function listen() {
  const hosts: (string | undefined)[] = []
  const server = createServer((request_, response) => {
    hosts.push(request_.headers.host)
    response.end('ok')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { hosts, port, close: () => server.close() }
}

const causeOf = async (sent: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error instanceof Error && error.cause !== undefined ? error.cause : error
}

test('a name of which one address is private is not connected to at all', async () => {
  const { port, hosts, close } = await listen()
  const agent = createGuardedAgent(createAddressRules(), async () => [
    { address: '93.184.215.14', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ])

  const cause = await causeOf(request(`http://127-0-0-1.example:${port}/`, { dispatcher: agent }))

  expect(cause).toBeInstanceOf(AddressRefused)
  expect(hosts).toEqual([])
  await agent.close()
  close()
})

test('a name is resolved once for a connection, and what was looked at is what is connected to', async () => {
  const { port, hosts, close } = await listen()
  const answers = ['127.0.0.1', '10.0.0.1']
  let asked = 0
  const agent = createGuardedAgent(createAddressRules(['localhost']), async () => [
    { address: answers[asked++] ?? '', family: 4 },
  ])

  const first = await request(`http://rebound.example:${port}/`, { dispatcher: agent })
  await first.body.dump()
  // Time for the connection to be free again: only then is it used once more.
  await new Promise((resolve) => setTimeout(resolve, 50))
  const again = await request(`http://rebound.example:${port}/`, { dispatcher: agent })
  await again.body.dump()

  expect(asked).toBe(1)
  expect(hosts).toEqual([`rebound.example:${port}`, `rebound.example:${port}`])
  await agent.close()
  close()
})

test.each([
  'http://example.com/',
  'https://user@example.com/',
  'https://127.0.0.1/',
  'https://2130706433/',
  'https://0x7f.1/',
  'https://[::1]/',
  'https://[::ffff:10.0.0.1]/',
  'https://169.254.169.254/latest/meta-data/',
  'https://[64:ff9b::a00:1]/',
  'https://[2002:7f00:1::]/',
  'https://[fd00::1]/',
  'https://224.0.0.1/',
  'https://100.64.0.1/',
  'https://localhost/',
  'https://metadata.google.internal/',
  'ftp://example.com/',
])('%s is not sent to', (url) => {
  expect(findAddressFault(createAddressRules(), url)).toBeDefined()
})

test('what is public is, and what the operator has opened', () => {
  expect(findAddressFault(createAddressRules(), 'https://example.com:8443/hook?x=1')).toBeUndefined()
  expect(findAddressFault(createAddressRules(), 'https://93.184.215.14/')).toBeUndefined()
  expect(findAddressFault(createAddressRules(['localhost']), 'http://localhost:3000/')).toBeUndefined()
  expect(findAddressFault(createAddressRules(['10.0.0.0/8']), 'http://10.1.2.3/')).toBeUndefined()
  expect(findAddressFault(createAddressRules(['localhost']), 'http://example.com/')).toBeDefined()
})
