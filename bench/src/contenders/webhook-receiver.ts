/** Takes webhooks, and tells when it has taken so many. */
import { createServer } from 'node:http'
import { nowMs } from '../clock.js'

let count = 0
let until = Infinity

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    response.writeHead(204).end()
    if (++count === until) process.send?.({ type: 'done', atMs: nowMs() })
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  process.send?.({ type: 'ready', port: typeof address === 'object' ? address?.port : 0 })
})
process.on('message', (message: { until: number }) => {
  count = 0
  until = message.until
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
