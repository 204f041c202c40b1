import type { WebhookEndpoint } from '@tellwire/db'
import {
  type AddressRules,
  type Sealer,
  showEvent,
  unsealWebhookHeaders,
  unsealWebhookSecret,
  webhookHeaders,
} from '@tellwire/domain'
import { type Agent, type Dispatcher, errors } from 'undici'
import { AddressRefused, findAddressFault } from './guarded-agent.js'
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
/** Whoever sends on and on, or hardly anything, is hung up on after so long: the status says it all. */
const answerReadMs = 2_000

/** Sends an event to an endpoint, signed; no redirect is followed. It never fails. */
export type WebhookPoster = (next: NextWebhook) => Promise<WebhookAnswer>

/** What of an endpoint is the same for all its requests, while it is as it was read. */
interface Target {
  endpoint: WebhookEndpoint
  origin: string
  path: string
  headers: Record<string, string>
  secrets: string[]
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
    const target = {
      endpoint,
      origin,
      path: pathname + search,
      headers: {
        ...(headersSealed === null ? {} : unsealWebhookHeaders(sealer, endpoint, headersSealed)),
        'content-type': 'application/json',
        'user-agent': 'Tellwire',
      },
      secrets: [secretSealed, previousSecretSealed]
        .filter((sealed) => sealed !== null)
        .map((sealed) => unsealWebhookSecret(sealer, endpoint, sealed)),
    }
    if (targets.size >= targetsMax) targets.clear()
    targets.set(endpoint.id, target)
    return target
  }

  return async ({ webhook: { event }, endpoint }) => {
    const beganAtMs = performance.now()
    const outcome = await attempt(() => {
      const target = targetOf(endpoint)
      if (!event || !target) return undefined
      const { id: messageId, created_at: timestamp, ...rest } = showEvent(event)
      const body = JSON.stringify({ id: messageId, timestamp, ...rest })
      const signed = { id: messageId, timestampSeconds: Math.floor(Date.now() / 1_000), body }
      const headers = { ...target.headers, ...webhookHeaders(target.secrets, signed) }
      return exchange(agent, { origin: target.origin, path: target.path, method: 'POST', headers, body })
    })
    return { ...outcome, latencyMs: Math.round(performance.now() - beganAtMs) }
  }
}

type Outcome = Omit<WebhookAnswer, 'latencyMs'>

const nothing: Outcome = { status: undefined, failure: undefined, retryAfterSeconds: undefined, text: undefined }

/** @param request makes the request; it answers undefined where nothing may be sent to the address. */
async function attempt(request: () => Promise<Outcome> | undefined): Promise<Outcome> {
  try {
    return (await request()) ?? { ...nothing, failure: 'address_refused' }
  } catch (error) {
    return { ...nothing, failure: classify(error) }
  }
}

/** @throws what undici says where there was no answer. */
function exchange(agent: Agent, options: Dispatcher.DispatchOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let started: Pick<Outcome, 'status' | 'retryAfterSeconds'> | undefined
    let timer: NodeJS.Timeout | undefined
    let isOver = false
    const end = (): void => {
      isOver = true
      clearTimeout(timer)
      if (started) {
        const text = Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8')
        resolve({ ...started, failure: undefined, text })
      }
    }
    agent.dispatch(options, {
      // By this undici tells its handlers of today from those of before.
      onRequestStart() {},
      onResponseStart(controller, status, headers) {
        started = { status, retryAfterSeconds: readRetryAfter(headers['retry-after']) }
        // Most answers are there as a whole, and need no timer.
        queueMicrotask(() => {
          if (!isOver) timer = setTimeout(() => controller.abort(new errors.BodyTimeoutError()), answerReadMs)
        })
      },
      onResponseData(controller, chunk) {
        chunks.push(chunk)
        bytes += chunk.length
        if (bytes >= answerBytesMax) controller.abort(new errors.ResponseExceededMaxSizeError())
      },
      onResponseEnd: end,
      onResponseError(_controller, error) {
        end()
        // It was hung up on, or hung up itself, after it had said how it took it.
        if (!started) reject(error)
      },
    })
  })
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
  const codes = causes.map((cause) =>
    cause instanceof Error && 'code' in cause ? String(cause.code) : (cause as Error).name,
  )
  return codes.map((code) => failures.find(([pattern]) => pattern.test(code))?.[1]).find((known) => known) ?? 'network'
}

const failures: readonly [pattern: RegExp, failure: string][] = [
  [/ENOTFOUND|EAI_/, 'dns'],
  [/ECONNREFUSED/, 'refused'],
  [/TIMEOUT|TimeoutError|ETIMEDOUT/, 'timeout'],
  [/CERT|TLS|SSL|EPROTO|SELF_SIGNED|ALTNAME/, 'tls'],
  [/ECONNRESET|EPIPE|UND_ERR_SOCKET/, 'reset'],
]
