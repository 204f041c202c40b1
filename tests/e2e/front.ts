import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One address for several processes, which get the requests in turn. */
export interface Front {
  url: string
  /** Processes that are there from now on. */
  add(...addresses: string[]): void
  /** How many requests each has got. */
  counts(): number[]
  stop(): void
}

export async function startFront(): Promise<Front> {
  const behind: { address: string; count: number }[] = []
  let next = 0
  const server = createServer((incoming, answer) => {
    const chosen = behind[next++ % Math.max(1, behind.length)]
    if (!chosen) {
      answer.writeHead(503).end()
      return
    }
    chosen.count++
    const { method, headers, url = '/' } = incoming
    const passed = request(new URL(url, chosen.address), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    incoming.pipe(passed)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    add: (...addresses) => void behind.push(...addresses.map((address) => ({ address, count: 0 }))),
    counts: () => behind.map(({ count }) => count),
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}
