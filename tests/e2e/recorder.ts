import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request, as far as two programs that do the same send the same. */
export interface RecordedRequest {
  asked: string
  headers: Record<string, string>
  body: unknown
}

export interface Recorder {
  url: string
  requests: RecordedRequest[]
  stop(): void
}

/** Headers that say something; programs have others of their own. */
const saying = ['authorization', 'content-type', 'idempotency-key', 'prefer']

/** Stands before the API, and notes what it is asked. */
export async function startRecorder(api: string): Promise<Recorder> {
  const requests: RecordedRequest[] = []
  const server = createServer((request, response) => {
    const forward = async (): Promise<void> => {
      const body = await readBody(request)
      requests.push({
        asked: `${request.method} ${(request.url ?? '').replace(/_[0-9a-z]{26}/g, '_…')}`,
        headers: Object.fromEntries(
          saying.flatMap((name) => {
            const value = request.headers[name]
            return typeof value === 'string' ? [[name, value.replace(/tw_live_\w+/, 'tw_live_…')]] : []
          }),
        ),
        body: body === '' ? null : (JSON.parse(body) as unknown),
      })
      const answer = await fetch(`${api}${request.url}`, {
        method: request.method ?? 'GET',
        headers: Object.fromEntries(
          saying.flatMap((name) => {
            const value = request.headers[name]
            return typeof value === 'string' ? [[name, value]] : []
          }),
        ),
        ...(body === '' ? {} : { body }),
      })
      response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'application/json' })
      response.end(await answer.text())
    }
    forward().catch(() => response.destroy())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    stop() {
      server.close()
      server.closeAllConnections()
    },
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
