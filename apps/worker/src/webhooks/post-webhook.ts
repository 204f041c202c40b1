import type { KeyObject } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { WebhookEndpoint } from '@tellwire/db'
import {
  type AddressRules,
  type Sealer,
  showWebhookMessage,
  unsealWebhookHeaders,
  unsealWebhookSecrets,
  webhookHeaders,
  webhookKey,
} from '@tellwire/domain'
import { type Agent, type Dispatcher, errors } from 'undici'
import { AddressRefused, findAddressFault } from './guarded-agent.js'
import { NameNotResolved } from './resolve-name.js'
import type { NextWebhook } from './webhook-queue.js'

/** The result of a request to a webhook. */
export interface WebhookAnswer {
  /** The HTTP status; undefined where there was no answer. */
  status: number | undefined
  /** Why there was none: `address_refused`, `dns`, `refused`, `reset`, `tls`, `timeout` or `network`. */
  failure: string | undefined
  retryAfterSeconds: number | undefined
  /** The beginning of the answer's body. */
  text: string | undefined
  latencyMs: number
}

export interface Posting {
  agent: Agent
  rules: AddressRules
  sealer: Sealer
}

/** Endpoints whose secrets are kept open. */
const targetsMax = 1_000
const answerBytesMax = 4_096
/** Answers below this say that another one comes. */
const finalStatusMin = 200
/** So long after the request began none is waited for. */
const interimMs = 15_000
/** Whoever sends on and on, or hardly anything, is hung up on after so long: the status says it all. */
const answerReadMs = 2_000

/** Sends an event to an endpoint, signed; no redirect is followed. It never fails. */
export type WebhookPoster = (next: NextWebhook) => Promise<WebhookAnswer>

/** What of an endpoint is the same for all its requests, while it is as it was read. */
interface Target {
  endpoint: WebhookEndpoint
  origin: string
  path: string
  /** Names and values in turn. */
  headers: string[]
  keys: KeyObject[]
}

export function createWebhookPoster({ agent, rules, sealer }: Posting): WebhookPoster {
  const targets = new Map<string, Target>()

  /** @returns undefined where nothing may be sent to its address. */
  const targetOf = (endpoint: WebhookEndpoint): Target | undefined => {
    const known = targets.get(endpoint.id)
    if (known?.endpoint === endpoint) return known
    if (findAddressFault(rules, endpoint.url) !== undefined) return undefined
    const { origin, pathname, search } = new URL(endpoint.url)
    const { headersSealed, secretSealed, previousSecretSealed } = endpoint
    const ofOwner = headersSealed === null ? {} : unsealWebhookHeaders(sealer, endpoint, headersSealed)
    const target = {
      endpoint,
      origin,
      path: pathname + search,
      headers: Object.entries({ ...ofOwner, 'content-type': 'application/json', 'user-agent': 'Tellwire' }).flat(),
      keys: [secretSealed, previousSecretSealed]
        .filter((sealed) => sealed !== null)
        .flatMap((sealed) => unsealWebhookSecrets(sealer, endpoint, sealed))
        .map(webhookKey),
    }
    if (targets.size >= targetsMax) targets.clear()
    targets.set(endpoint.id, target)
    return target
  }

  return ({ webhook: { event }, endpoint }) =>
    new Promise((resolve) => {
      const exchange = new Exchange(resolve)
      try {
        const target = targetOf(endpoint)
        if (!target) return exchange.end('address_refused')
        const { path, origin, keys } = target
        const message = showWebhookMessage(event)
        const body = JSON.stringify(message)
        const signed = { id: message.id, timestampSeconds: Math.floor(Date.now() / 1_000), body }
        const headers = [...target.headers, ...webhookHeaders(keys, signed)]
        agent.dispatch({ origin, path, method: 'POST', headers, body }, exchange)
      } catch (error) {
        exchange.end(classify(error))
      }
    })
}

/** A request and what is answered. There are thousands a second: one object holds all that is known of it. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (answer: WebhookAnswer) => void
  readonly #beganAtMs = performance.now()
  #status: number | undefined
  #retryAfterSeconds: number | undefined
  #chunks: Buffer[] = []
  #bytes = 0
  #timer: NodeJS.Timeout | undefined
  #isOver = false

  constructor(resolve: (answer: WebhookAnswer) => void) {
    this.#resolve = resolve
  }

  /** @param failure why there was no answer; undefined where there was one. */
  end(failure?: string): void {
    this.#isOver = true
    clearTimeout(this.#timer)
    this.#resolve({
      status: this.#status,
      failure,
      retryAfterSeconds: this.#retryAfterSeconds,
      text: this.#status === undefined ? undefined : this.#readText(),
      latencyMs: Math.round(this.#ageMs()),
    })
  }

  /** By this undici tells its handlers of today from those of before. */
  onRequestStart(): void {}

  onResponseStart(controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    clearTimeout(this.#timer)
    if (status < finalStatusMin) {
      // Each such answer begins the wait for the real one anew, but not for ever.
      this.#timer = setTimeout(() => controller.abort(new errors.HeadersTimeoutError()), interimMs - this.#ageMs())
      return
    }
    this.#status = status
    this.#retryAfterSeconds = readRetryAfter(headers['retry-after'])
    // Most answers are there as a whole, and need no timer.
    queueMicrotask(() => {
      if (!this.#isOver) this.#timer = setTimeout(() => controller.abort(new errors.BodyTimeoutError()), answerReadMs)
    })
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
    this.#bytes += chunk.length
    if (this.#bytes >= answerBytesMax) controller.abort(new errors.ResponseExceededMaxSizeError())
  }

  onResponseEnd(): void {
    this.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    // It was hung up on, or hung up itself, after it had said how it took it.
    this.end(this.#status === undefined ? classify(error) : undefined)
  }

  #ageMs(): number {
    return performance.now() - this.#beganAtMs
  }

  #readText(): string {
    return this.#bytes === 0 ? '' : Buffer.concat(this.#chunks).toString('utf8', 0, answerBytesMax)
  }
}

/** Seconds, or a date. */
function readRetryAfter(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1_000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

function classify(error: unknown): string {
  const causes: unknown[] = []
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) causes.push(cause)
  if (causes.some((cause) => cause instanceof AddressRefused)) return 'address_refused'
  if (causes.some((cause) => cause instanceof NameNotResolved)) return 'dns'
  const codes = causes.map((cause) =>
    cause instanceof Error && 'code' in cause ? String(cause.code) : (cause as Error).name,
  )
  return codes.map((code) => failures.find(([pattern]) => pattern.test(code))?.[1]).find((known) => known) ?? 'network'
}

const failures: readonly [pattern: RegExp, failure: string][] = [
  [/ECONNREFUSED/, 'refused'],
  [/TIMEOUT|TimeoutError|ETIMEDOUT/, 'timeout'],
  [/CERT|TLS|SSL|EPROTO|SELF_SIGNED|ALTNAME/, 'tls'],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET/, 'reset'],
]
