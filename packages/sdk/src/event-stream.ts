import { ApiError, ConnectionError } from './errors.js'
import type { TellwireEvent } from './event-types.js'
import { backOff, pause, type Transport } from './transport.js'

export interface StreamOptions {
  /** Where to begin: `start`, `now`, or the cursor of an event that was taken. `now` without it. */
  after?: string | undefined
  /** Only these, such as `user.connected` or `notification.*`. All without it. */
  types?: readonly string[] | undefined
  signal?: AbortSignal | undefined
}

export interface StreamedEvent {
  event: TellwireEvent
  /** The place after it. */
  cursor: string
}

/** A place in the events, with the event before it; without one where only others happened, or nothing. */
export interface StreamedPlace {
  event: TellwireEvent | undefined
  cursor: string
}

/** The service writes every 15 seconds at least: a stream that is silent for so long is gone. */
const silenceMaxMs = 45_000

/**
 * Events as they happen, in order. A stream that breaks is taken up where it broke.
 * @throws {ApiError} where the service refuses it for good.
 */
export async function* streamEvents(
  transport: Transport,
  options: StreamOptions,
): AsyncGenerator<StreamedEvent, void, void> {
  for await (const { event, cursor } of streamPlaces(transport, options)) if (event) yield { event, cursor }
}

/** The same, with the places that the service tells where nothing comes: whoever goes on after the last one misses nothing. */
export async function* streamPlaces(
  transport: Transport,
  { after = 'now', types, signal }: StreamOptions,
): AsyncGenerator<StreamedPlace, void, void> {
  let place = after
  for (let failures = 0; ; failures++) {
    try {
      for await (const message of openStream(transport, { place, types, signal })) {
        failures = 0
        if (message.id !== undefined) place = message.id
        const event = message.data === '' ? undefined : (JSON.parse(message.data) as TellwireEvent)
        if (event || message.id !== undefined) yield { event, cursor: place }
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof ApiError && !error.retryable) throw error
      if (!(error instanceof ApiError) && !(error instanceof ConnectionError)) throw error
    }
    await pause(backOff(failures), signal)
  }
}

interface Message {
  id: string | undefined
  data: string
}

async function* openStream(
  transport: Transport,
  { place, types, signal }: { place: string; types: readonly string[] | undefined; signal: AbortSignal | undefined },
): AsyncGenerator<Message, void, void> {
  const silence = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const beSilent = (): void => {
    clearTimeout(timer)
    timer = setTimeout(() => silence.abort(new ConnectionError('The stream of events is silent')), silenceMaxMs)
  }
  beSilent()
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
  try {
    const request = {
      method: 'GET',
      path: '/v1/events/stream',
      query: { after: place, type: types?.join(',') },
      options: {
        signal: signal ? AbortSignal.any([signal, silence.signal]) : silence.signal,
        headers: { accept: 'text/event-stream' },
        timeoutMs: Infinity,
      },
    } as const
    reader = await transport.send(request, ({ body }) => body?.getReader())
    const decoder = new TextDecoder()
    let text = ''
    for (;;) {
      beSilent()
      const chunk = await reader?.read().catch((cause: unknown) => {
        signal?.throwIfAborted()
        throw new ConnectionError('The stream of events broke off', { cause })
      })
      if (!chunk || chunk.done) return
      text += decoder.decode(chunk.value, { stream: true })
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) yield readMessage(block)
    }
  } finally {
    clearTimeout(timer)
    await reader?.cancel().catch(() => undefined)
  }
}

function readMessage(block: string): Message {
  const lines = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line))
  const valuesOf = (name: string): string[] => lines.flatMap((line) => (line?.[1] === name ? [line[2] ?? ''] : []))
  return { id: valuesOf('id').at(-1), data: valuesOf('data').join('\n') }
}
