import { connect, type Socket } from 'node:net'
import { portOf } from '@tellwire/lifecycle'
import { createLogger } from '@tellwire/observability'
import { eventually } from '@tellwire/testing'
import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { handleErrors, refuseUnknownAddresses } from './error-handler.js'
import { boundCallers, type CallerBounds } from './slow-callers.js'

const open: { app?: FastifyInstance; sockets: Socket[] } = { sockets: [] }

afterEach(async () => {
  for (const socket of open.sockets.splice(0)) socket.destroy()
  await open.app?.close()
})

async function serve(bounds: Partial<CallerBounds> = {}): Promise<number> {
  const app = Fastify({ logger: false })
  open.app = app
  boundCallers(app, { connectionsPerAddress: 3, bodyTimeoutMs: 300, restTimeoutMs: 300, ...bounds })
  handleErrors(app, () => '', createLogger('test', 'silent'))
  refuseUnknownAddresses(app)
  app.post('/echo', async ({ body }) => ({ body }))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return portOf(app.server)
}

function call(port: number): { socket: Socket; received: () => string; isClosed: () => boolean } {
  const socket = connect(port, '127.0.0.1')
  open.sockets.push(socket)
  let received = ''
  let isClosed = false
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()))
  socket.on('close', () => (isClosed = true))
  socket.on('error', () => undefined)
  return { socket, received: () => received, isClosed: () => isClosed }
}

const head = (path: string): string =>
  `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n`

test('answers a body that does not arrive, and ends its connection', async () => {
  const { socket, received, isClosed } = call(await serve())
  socket.write(head('/echo') + '{"a"')

  await eventually(() => isClosed())

  expect(received()).toContain('HTTP/1.1 408')
  expect(received()).toContain('"request_timeout"')
})

test('takes a body that arrives bit by bit in time', async () => {
  const { socket, received } = call(await serve({ bodyTimeoutMs: 20_000 }))
  socket.write(head('/echo') + '{"a": "0123')
  socket.write('456789 "}')

  await eventually(() => received() !== '')

  expect(received()).toContain('HTTP/1.1 200')
})

test('answers an unknown address before its body is there, and waits for no more of it', async () => {
  const { socket, received, isClosed } = call(await serve())
  socket.write(head('/nothing') + '{"a"')

  await eventually(() => received() !== '')
  await eventually(() => isClosed())

  expect(received()).toContain('HTTP/1.1 404')
})

test('one address holds no more connections than it may', async () => {
  const port = await serve()
  const callers = Array.from({ length: 5 }, () => call(port))

  await eventually(() => callers.filter(({ isClosed }) => isClosed()).length === 2)
  callers.find(({ isClosed }) => !isClosed())?.socket.end()
  await eventually(() => callers.filter(({ isClosed }) => isClosed()).length === 3)

  const late = call(port)
  late.socket.write(head('/echo') + '{"a": "0123456789 "}')
  await eventually(() => late.received() !== '')
  expect(late.received()).toContain('HTTP/1.1 200')
})
