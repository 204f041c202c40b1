import { connect, createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** A TCP proxy before Telegram that can cut what goes through it. */
export interface Proxy {
  port: number
  /** Cuts some of the connections that carry a request right now, before it gets through. @returns how many. */
  cutRequests(countMax: number): void
  /** Cuts some of the next answers, which Telegram has given already. */
  cutAnswers(countMax: number): void
  /** The texts of the messages whose answers were cut: Telegram took them, and nobody was told. */
  answersCut(): string[]
  requestsCut(): number
  close(): Promise<void>
}

export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>()
  let requestsToCut = 0
  let answersToCut = 0
  let requestsCut = 0
  const answersCut: string[] = []

  const server = createServer((client) => {
    const upstream = connect(targetPort, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.on('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.on('data', (chunk) => {
      if (requestsToCut > 0) {
        requestsToCut--
        requestsCut++
        end()
      } else upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (answersToCut > 0) {
        answersToCut--
        answersCut.push(/"text":"([^"]*)"/.exec(chunk.toString())?.[1] ?? '')
        end()
      } else client.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    cutRequests: (countMax) => void (requestsToCut = countMax),
    cutAnswers: (countMax) => void (answersToCut = countMax),
    answersCut: () => answersCut,
    requestsCut: () => requestsCut,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
