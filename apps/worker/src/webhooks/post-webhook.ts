import type { DueWebhook } from '@tellwire/db'
import {
  type AddressRules,
  type Sealer,
  showEvent,
  unsealWebhookHeaders,
  unsealWebhookSecret,
  webhookHeaders,
} from '@tellwire/domain'
import { type Agent, request } from 'undici'
import { AddressRefused, findAddressFault } from './guarded-agent.js'

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

const totalTimeoutMs = 20_000
const answerBytesMax = 4_096
const answerReadMs = 2_000

/** Sends an event to an endpoint, signed; no redirect is followed. It never throws. */
export async function postWebhook(
  { agent, rules, sealer }: Posting,
  { event, endpoint }: DueWebhook,
): Promise<WebhookAnswer> {
  const beganAtMs = performance.now()
  const answer = (given: Partial<WebhookAnswer>): WebhookAnswer => ({
    status: undefined,
    failure: undefined,
    retryAfterSeconds: undefined,
    text: undefined,
    ...given,
    latencyMs: Math.round(performance.now() - beganAtMs),
  })
  if (!event || findAddressFault(rules, endpoint.url) !== undefined) return answer({ failure: 'address_refused' })
  const { id: messageId, created_at: timestamp, ...rest } = showEvent(event)
  const body = JSON.stringify({ id: messageId, timestamp, ...rest })
  try {
    const secrets = [endpoint.secretSealed, endpoint.previousSecretSealed]
      .filter((sealed) => sealed !== null)
      .map((sealed) => unsealWebhookSecret(sealer, endpoint, sealed))
    const own = endpoint.headersSealed === null ? {} : unsealWebhookHeaders(sealer, endpoint, endpoint.headersSealed)
    const signed = { id: messageId, timestampSeconds: Math.floor(Date.now() / 1_000), body }
    const response = await request(endpoint.url, {
      method: 'POST',
      headers: {
        ...own,
        'content-type': 'application/json',
        'user-agent': 'Tellwire',
        ...webhookHeaders(secrets, signed),
      },
      body,
      dispatcher: agent,
      signal: AbortSignal.timeout(totalTimeoutMs),
    })
    const text = await readStart(response.body)
    return answer({
      status: response.statusCode,
      text,
      retryAfterSeconds: readRetryAfter(response.headers['retry-after']),
    })
  } catch (error) {
    return answer({ failure: classify(error) })
  }
}

/** Reads no more than is kept, and not for long: whoever sends on and on, or hardly anything, is hung up on. The status says it all. */
async function readStart(body: AsyncIterable<Buffer> & { destroy: () => void }): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  const timer = setTimeout(() => body.destroy(), answerReadMs)
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes >= answerBytesMax) break
    }
  } catch {
    // It was hung up on, or hung up itself.
  }
  clearTimeout(timer)
  return Buffer.concat(chunks).subarray(0, answerBytesMax).toString('utf8')
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
