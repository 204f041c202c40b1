import { ApiError, ConnectionError, TellwireError, TimeoutError, toApiError } from './errors.js'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

export interface ClientOptions {
  /** The key, `tw_live_…`. Without it: the variable TELLWIRE_API_KEY. */
  apiKey?: string
  /** Where the service is. Without it: the variable TELLWIRE_API_URL, or `http://127.0.0.1:3000`. */
  baseUrl?: string
  /** How often a request is tried again that failed in a way that may pass. 2 without it. */
  retries?: number
  /** How long an answer is waited for, in milliseconds, each time; a file's own content may take longer. 60,000 without it. */
  timeoutMs?: number
  /** Instead of the global one. */
  fetch?: typeof fetch
  /** Are told of every attempt. */
  hooks?: Hooks
}

export interface Hooks {
  request?(attempt: Attempt): void
  response?(
    attempt: Attempt & { durationMs: number; requestId: string | undefined; retryInMs: number | undefined } & Outcome,
  ): void
}

export interface Attempt {
  method: Method
  url: string
  /** 0 for the first one. */
  attempt: number
}

type Outcome = { status: number; error?: never } | { status?: never; error: unknown }

export interface RequestOptions {
  /** Under which the service does it once, however often it is asked. Every POST gets one, which is kept over retries. */
  idempotencyKey?: string
  signal?: AbortSignal
  timeoutMs?: number
  retries?: number
  headers?: Record<string, string>
}

export type Query = Record<string, string | number | boolean | undefined>

export interface ApiRequest {
  method: Method
  /** With its parameters filled in. */
  path: string
  query?: Query | undefined
  /** JSON, or a form. */
  body?: unknown
  options?: RequestOptions | undefined
}

/** A wait that is longer than this is the caller's to decide about. */
const retryAfterMaxMs = 60_000
const backOffFirstMs = 500
const backOffMaxMs = 8_000

/** Sends requests, and sends them again where that may help. */
export class Transport {
  readonly #baseUrl: string
  readonly #apiKey: string
  readonly #options: ClientOptions

  /** @param keyVariable the variable of the environment in which the key stands, where no key is given. */
  constructor(options: ClientOptions, keyVariable: string) {
    const apiKey = options.apiKey ?? readVariable(keyVariable)
    if (apiKey === undefined) throw new TellwireError(`There is no key: give apiKey, or set ${keyVariable}.`)
    this.#apiKey = apiKey
    this.#baseUrl = (options.baseUrl ?? readVariable('TELLWIRE_API_URL') ?? 'http://127.0.0.1:3000').replace(/\/+$/, '')
    this.#options = options
  }

  /**
   * @param read reads an answer of 2xx, while the time runs.
   * @throws {ApiError}, {ConnectionError}, or the reason of the caller's signal.
   */
  async send<Answer>(
    { method, path, query, body, options = {} }: ApiRequest,
    read: (response: Response) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    const url = this.#baseUrl + path + showQuery(query)
    const isForm = body instanceof FormData
    const init: RequestInit = {
      method,
      headers: {
        authorization: `Bearer ${this.#apiKey}`,
        'user-agent': 'tellwire-sdk/0.1.0',
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': options.idempotencyKey ?? crypto.randomUUID() } : {}),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    }
    const retries = options.retries ?? this.#options.retries ?? 2
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#attempt({ method, url, attempt }, init, read, {
        ...options,
        isLast: attempt >= retries,
      })
      if ('answer' in outcome) return outcome.answer
      if (outcome.retryInMs === undefined) throw outcome.error
      await pause(outcome.retryInMs, options.signal)
    }
  }

  async #attempt<Answer>(
    attempt: Attempt,
    init: RequestInit,
    read: (response: Response) => Answer | Promise<Answer>,
    { signal, timeoutMs = this.#options.timeoutMs ?? 60_000, isLast }: RequestOptions & { isLast: boolean },
  ): Promise<{ answer: Answer } | { error: unknown; retryInMs: number | undefined }> {
    const { hooks, fetch: send = fetch } = this.#options
    const beganAt = performance.now()
    const tell = (outcome: Outcome, requestId?: string, retryInMs?: number): void =>
      hooks?.response?.({ ...attempt, ...outcome, durationMs: performance.now() - beganAt, requestId, retryInMs })
    hooks?.request?.(attempt)
    const timeout = new AbortController()
    // A timer of JavaScript waits no longer.
    const timer = timeoutMs < 2 ** 31 ? setTimeout(() => timeout.abort(), timeoutMs) : undefined
    let error: unknown
    try {
      const response = await send(attempt.url, {
        ...init,
        signal: signal ? AbortSignal.any([signal, timeout.signal]) : timeout.signal,
      })
      const requestId = response.headers.get('x-request-id') ?? undefined
      if (response.ok) {
        const answer = await read(response)
        tell({ status: response.status }, requestId)
        return { answer }
      }
      const refusal = await toApiError(response)
      const retryInMs = isLast ? undefined : whenToRetry(refusal, attempt.attempt)
      tell({ status: response.status }, requestId, retryInMs)
      return { error: refusal, retryInMs }
    } catch (cause) {
      if (signal?.aborted === true) throw cause
      error = timeout.signal.aborted
        ? new TimeoutError(`No answer came within ${timeoutMs} ms`, { cause })
        : new ConnectionError(`${this.#baseUrl} could not be reached`, { cause })
    } finally {
      // An answer that is handed over unread is read for as long as it takes.
      clearTimeout(timer)
    }
    const retryInMs = isLast ? undefined : backOff(attempt.attempt)
    tell({ error }, undefined, retryInMs)
    return { error, retryInMs }
  }
}

/** @returns undefined where it would not help, or the caller should know first. */
function whenToRetry(error: ApiError, attempt: number): number | undefined {
  const mayPass =
    error.status === 408 ||
    error.status === 429 ||
    error.status >= 500 ||
    (error.status === 409 && error.code === 'idempotency_in_flight')
  if (!mayPass || (error.retryAfterMs ?? 0) > retryAfterMaxMs) return undefined
  return error.retryAfterMs ?? backOff(attempt)
}

/** Twice as long each time, and never the same for all who wait. */
export function backOff(attempt: number): number {
  return Math.min(backOffMaxMs, backOffFirstMs * 2 ** attempt) * (0.5 + Math.random() / 2)
}

/** @throws the reason of the signal. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort)
      resolve()
    }, ms)
    if (signal?.aborted === true) onAbort()
    else signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function showQuery(query: Query | undefined): string {
  const parameters = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) parameters.set(name, `${value}`)
  }
  return parameters.size === 0 ? '' : `?${parameters}`
}

/** Edge runtimes have no `process`. */
function readVariable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.[name] || undefined
}
