import { dispatch, type Handlers } from './listen.js'
import { readSigned, WebhookVerificationError } from './verify-webhook.js'

export interface ReceiveOptions {
  /** The webhook's secret, `whsec_…`; of several, one has to fit. */
  secret: string | readonly string[]
  /** Is told what a handler throws. The service is answered 500 then, and sends the event again later. Without it: the console. */
  onError?: (error: unknown) => void
}

/** A route for a webhook, in the form of `fetch`: for Deno, Bun, edge runtimes, Hono, Next.js and their like. */
export function toFetchHandler(handlers: Handlers, options: ReceiveOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const status = await receive(handlers, () => request.text(), request.headers, options)
    return new Response(null, { status })
  }
}

interface NodeRequest extends AsyncIterable<Uint8Array | string> {
  headers: Record<string, string | string[] | undefined>
  /** As Express and Fastify have it where they were told to keep it raw. */
  body?: unknown
}

interface NodeResponse {
  statusCode: number
  end(): unknown
}

/** The same for `node:http` and Express. The body has to be raw: no parser before it but `express.raw`. */
export function toNodeHandler(
  handlers: Handlers,
  options: ReceiveOptions,
): (request: NodeRequest, response: NodeResponse) => Promise<void> {
  return async (request, response) => {
    const { body } = request
    const read = async () => (body instanceof Uint8Array ? body : readAll(request))
    response.statusCode = await receive(handlers, read, request.headers, options)
    response.end()
  }
}

async function receive(
  handlers: Handlers,
  readBody: () => Promise<string | Uint8Array>,
  headers: Headers | NodeRequest['headers'],
  // oxlint-disable-next-line no-console -- where nothing else is asked for
  { secret, onError = console.error }: ReceiveOptions,
): Promise<number> {
  try {
    await dispatch(handlers, await readSigned(headers, secret, readBody))
    return 204
  } catch (error) {
    if (error instanceof WebhookVerificationError) return 401
    if (error instanceof UnreadableBody) return 400
    onError(error)
    return 500
  }
}

/** Events are much smaller. */
const bodyLengthMax = 1_048_576

/** Whoever calls is gone, or no service of ours: not a mistake of the program. */
class UnreadableBody extends Error {}

async function readAll(chunks: AsyncIterable<Uint8Array | string>): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const chunk of chunks) {
      text += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
      if (text.length > bodyLengthMax) throw new RangeError('too large')
    }
  } catch (cause) {
    throw new UnreadableBody('No body', { cause })
  }
  return text + decoder.decode()
}
