import type { ApiMethods, Opts } from '@grammyjs/types'
import type { Readable } from 'node:stream'
import { type Dispatcher, errors, request } from 'undici'
import { type Clients, createClients } from './clients.js'
import { makeMultipart, type Multipart, type Upload } from './upload.js'

export type Method = keyof ApiMethods<never>
export type Params<M extends Method> = Opts<never>[M]
export type Result<M extends Method> = ReturnType<ApiMethods<never>[M]>

/**
 * The outcome of a call. `no_answer` means that nobody knows: unless `isUnsent`, the request may have
 * arrived and been carried out.
 */
export type CallOutcome<T> =
  | { kind: 'ok'; result: T }
  | {
      kind: 'refused'
      code: number
      description: string
      /** Something in between has answered, such as a proxy: it is not in Telegram's form. */
      isForeign?: true
      retryAfterSeconds: number | undefined
      migrateToChatId: number | undefined
    }
  | { kind: 'no_answer'; reason: string; isUnsent: boolean }

export interface BotApiOptions {
  /** Such as `https://api.telegram.org`; a path before `/bot…` is kept. */
  root: string
  /** How long to wait for an answer. Telegram holds a call back for up to 8 s before it answers 429. */
  timeoutMs?: number
  connectionsMax?: number
}

export interface CallOptions {
  timeoutMs?: number
  signal?: AbortSignal
  uploads?: readonly Upload[]
  /** Ends a call whose files are still on their way: it counts as not sent. */
  uploadsEnd?: AbortSignal
}

export interface BotApi {
  /** Never throws for what Telegram or the network does, and never reveals the token. */
  call<M extends Method>(
    token: string,
    method: M,
    params: Params<M>,
    options?: CallOptions,
  ): Promise<CallOutcome<Result<M>>>
  /** The same for a call that is one of very many: a body that is JSON already, and a function that is called once. */
  send(token: string, method: Method, body: string, onOutcome: (outcome: CallOutcome<unknown>) => void): void
  /**
   * Opens a file at the path that `getFile` told.
   * @returns undefined where Telegram does not have it.
   * @throws where Telegram is not reached; the error does not hold the token.
   */
  download(token: string, filePath: string, signal: AbortSignal): Promise<Readable | undefined>
  close(): Promise<void>
}

interface Answer {
  ok?: unknown
  result?: unknown
  error_code?: unknown
  description?: unknown
  parameters?: { retry_after?: unknown; migrate_to_chat_id?: unknown }
}

const jsonHeaders = { 'content-type': 'application/json' }

/** Failures before anything of the request left this machine. */
const unsentCodes = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])

/** A request to Telegram, and what was heard of it so far. */
interface Exchange {
  path: string
  headers: Record<string, string>
  body: string | Multipart['body']
  timeoutMs: number
  signal: AbortSignal | undefined
}

export function createBotApi(options: BotApiOptions): BotApi {
  const root = new URL(options.root)
  const basePath = root.pathname.replace(/\/$/, '')
  const timeoutDefaultMs = options.timeoutMs ?? 30_000
  // Shorter than the lease of a lane: what waits to connect for longer is not sent by one who lost it.
  const clients = createClients(root.origin, { countMax: options.connectionsMax ?? 512, connectTimeoutMs: 3_000 })

  /** Bounded as a whole: while a file is on its way, none of the client's own limits runs out. */
  const upload = async <T>(
    path: string,
    { body, headers, isWhole }: Multipart,
    { timeoutMs = timeoutDefaultMs, uploadsEnd }: CallOptions,
  ): Promise<CallOutcome<T>> => {
    const abort = new AbortController()
    const giveUp = () => {
      if (!isWhole()) abort.abort()
    }
    const deadline = setTimeout(() => abort.abort(), timeoutMs)
    uploadsEnd?.addEventListener('abort', giveUp)
    if (uploadsEnd?.aborted) giveUp()
    const outcome = await new Promise<CallOutcome<T>>((resolve) =>
      exchange(clients, { path, headers, body, timeoutMs, signal: abort.signal }, resolve),
    )
    clearTimeout(deadline)
    uploadsEnd?.removeEventListener('abort', giveUp)
    return outcome.kind === 'no_answer' ? { ...outcome, isUnsent: outcome.isUnsent || !isWhole() } : outcome
  }

  return {
    async call(token, method, params, options = {}) {
      const path = `${basePath}/bot${token}/${method}`
      const { timeoutMs = timeoutDefaultMs, signal, uploads = [] } = options
      if (uploads.length > 0) return upload(path, makeMultipart(params, uploads), options)
      const body = JSON.stringify(params)
      return new Promise((resolve) =>
        exchange(clients, { path, headers: jsonHeaders, body, timeoutMs, signal }, resolve),
      )
    },
    send(token, method, body, onOutcome) {
      const path = `${basePath}/bot${token}/${method}`
      exchange(clients, { path, headers: jsonHeaders, body, timeoutMs: timeoutDefaultMs, signal: undefined }, onOutcome)
    },
    async download(token, filePath, signal) {
      try {
        const { statusCode, body } = await request(`${root.origin}${basePath}/file/bot${token}/${filePath}`, { signal })
        if (statusCode === 200) return body
        await body.dump()
        return undefined
      } catch (error) {
        // Its message may hold the address, and that holds the token.
        throw new Error(`a file was not downloaded: ${describeFailure(error).reason}`, { cause: undefined })
      }
    },
    close: () => clients.close(),
  }
}

/** Makes one request on a connection of its own. `onOutcome` is called once, and not from within this call. */
function exchange<T>(clients: Clients, request: Exchange, onOutcome: (outcome: CallOutcome<T>) => void): void {
  clients.take((client, giveBack) => {
    const { path, headers, body, timeoutMs, signal } = request
    let status = 0
    const chunks: Buffer[] = []
    let stopListening = (): void => undefined
    const end = (outcome: CallOutcome<T>): void => {
      stopListening()
      giveBack()
      onOutcome(outcome)
    }
    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(controller) {
        if (!signal) return
        const abort = (): void => controller.abort(new errors.RequestAbortedError())
        if (signal.aborted) return abort()
        signal.addEventListener('abort', abort)
        stopListening = () => signal.removeEventListener('abort', abort)
      },
      onResponseStart(_controller, statusCode) {
        status = statusCode
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk)
      },
      onResponseEnd() {
        const [only] = chunks
        end(readAnswer(status, (chunks.length === 1 && only ? only : Buffer.concat(chunks)).toString('utf8')))
      },
      onResponseError(_controller, error) {
        end({ kind: 'no_answer', ...describeFailure(error) })
      },
    }
    client.dispatch(
      {
        origin: clients.origin,
        method: 'POST',
        path,
        headers,
        body,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
      },
      handler,
    )
  })
}

function readAnswer<T>(status: number, body: string): CallOutcome<T> {
  let answer: Answer = {}
  try {
    answer = (JSON.parse(body) as Answer | null) ?? {}
  } catch {
    // Telegram's front end answers some failures in HTML or with nothing at all.
  }
  if (answer.ok === true) return { kind: 'ok', result: answer.result as T }
  return {
    kind: 'refused',
    code: typeof answer.error_code === 'number' ? answer.error_code : status,
    description: typeof answer.description === 'string' ? answer.description : `HTTP status ${status}`,
    ...(answer.ok === false ? {} : { isForeign: true as const }),
    retryAfterSeconds: integerOrNothing(answer.parameters?.retry_after),
    migrateToChatId: integerOrNothing(answer.parameters?.migrate_to_chat_id),
  }
}

function integerOrNothing(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
}

/** Only the error's code: its message may hold the path, and the path holds the token. */
function describeFailure(error: unknown): { reason: string; isUnsent: boolean } {
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError)
    return { reason: 'timeout', isUnsent: false }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (error instanceof errors.ConnectTimeoutError) return { reason: 'connect_timeout', isUnsent: true }
  if (typeof code === 'string') return { reason: code, isUnsent: unsentCodes.has(code) }
  return { reason: error instanceof Error ? error.name : 'unknown', isUnsent: false }
}
