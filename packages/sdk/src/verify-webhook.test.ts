import { createHmac, randomBytes } from 'node:crypto'
import { createServer } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { toFetchHandler, toNodeHandler } from './receive-webhooks.js'
import { verifyWebhook, WebhookVerificationError } from './verify-webhook.js'

const bytes = randomBytes(32)
const secret = `whsec_${bytes.toString('base64')}`
const at = '2026-11-30T18:00:00.000Z'
const sent = { id: 'evt_1', type: 'user.connected', data: { user_id: 'ü' } }
const body = JSON.stringify({ ...sent, timestamp: at })
/** In the one form that events have, however they came. */
const event = { ...sent, created_at: at }

function sign(text: string, { key = bytes, at = Math.floor(Date.now() / 1_000) } = {}): Record<string, string> {
  const signature = createHmac('sha256', key).update(`evt_1.${at}.${text}`).digest('base64')
  return { 'webhook-id': 'evt_1', 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` }
}

test('an event that was signed is read', async () => {
  expect(await verifyWebhook(body, sign(body), secret)).toEqual(event)
  expect(await verifyWebhook(new TextEncoder().encode(body), new Headers(sign(body)), secret)).toEqual(event)
})

test('while a secret is changed, either of two fits', async () => {
  const other = randomBytes(32)
  const both = {
    ...sign(body),
    'webhook-signature': `${sign(body, { key: other })['webhook-signature']} ${sign(body)['webhook-signature']}`,
  }

  expect(await verifyWebhook(body, both, secret)).toEqual(event)
  expect(await verifyWebhook(body, sign(body), [`whsec_${other.toString('base64')}`, secret])).toEqual(event)
})

test.each([
  ['another body', `${body} `, sign(body)],
  ['another secret', body, sign(body, { key: randomBytes(32) })],
  ['an old request', body, sign(body, { at: Math.floor(Date.now() / 1_000) - 301 })],
  ['one from the future', body, sign(body, { at: Math.floor(Date.now() / 1_000) + 310 })],
  ['no signature', body, { 'webhook-id': 'evt_1', 'webhook-timestamp': '1' }],
  ['no time', body, { ...sign(body), 'webhook-timestamp': 'soon' }],
  [
    'another scheme',
    body,
    { ...sign(body), 'webhook-signature': sign(body)['webhook-signature']?.replace('v1', 'v2') ?? '' },
  ],
  ['what is not base64', body, { ...sign(body), 'webhook-signature': 'v1,***' }],
])('%s is refused', async (_, text, headers) => {
  await expect(verifyWebhook(text, headers, secret)).rejects.toThrow(WebhookVerificationError)
})

test('a route calls the handler of the event', async () => {
  const connected: string[] = []
  const handle = toFetchHandler({ connected: ({ data }) => void connected.push(data.user_id) }, { secret })
  const ask = (headers: Record<string, string>) => handle(new Request('http://x/', { method: 'POST', body, headers }))

  expect((await ask(sign(body))).status).toBe(204)
  expect((await ask({ ...sign(body), 'webhook-signature': 'v1,eA==' })).status).toBe(401)
  expect(connected).toEqual(['ü'])
})

test('so does one of node:http', async () => {
  const types: string[] = []
  const handle = toNodeHandler({ event: ({ type }) => void types.push(type) }, { secret })
  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  expect((await fetch(url, { method: 'POST', body, headers: sign(body) })).status).toBe(204)
  expect((await fetch(url, { method: 'POST', body: 'x', headers: sign(body) })).status).toBe(401)
  expect(types).toEqual(['user.connected'])
  server.close()
})

test('what nobody could have signed is not read, and who breaks off in the middle is no error of the program', async () => {
  const handled: Promise<void>[] = []
  const handle = toNodeHandler({}, { secret })
  const server = createServer((request, response) => void handled.push(handle(request, response)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/`

  expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(401)
  const headers = Object.entries(sign(body)).map(([name, value]) => `${name}: ${value}\r\n`)
  const socket = connect(port, '127.0.0.1')
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${headers.join('')}content-length: 100\r\n\r\nabc`)
  await new Promise((resolve) => server.once('request', resolve))
  socket.destroy()
  await vi.waitFor(() => expect(handled).toHaveLength(2), 45_000)
  await expect(Promise.all(handled)).resolves.toBeDefined()
  server.close()

  const taken = new Request('http://x/', { method: 'POST', body, headers: sign(body) })
  await taken.text()
  const errors: unknown[] = []
  const onError = (error: unknown): void => void errors.push(error)
  expect((await toFetchHandler({}, { secret, onError })(taken)).status).toBe(500)
  expect(errors).toHaveLength(1)
})

test('an event of which a handler throws is asked for again', async () => {
  const errors: unknown[] = []
  const failing = { event: () => Promise.reject(new Error('the database is away')) }
  const handle = toFetchHandler(failing, { secret, onError: (error) => void errors.push(error) })

  const answer = await handle(new Request('http://x/', { method: 'POST', body, headers: sign(body) }))
  expect(answer.status).toBe(500)
  expect(errors).toEqual([new Error('the database is away')])
})
