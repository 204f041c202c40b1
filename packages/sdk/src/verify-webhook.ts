import { TellwireError } from './errors.js'
import type { TellwireEvent } from './event-types.js'

/** A request that is not from the service, or too old to be believed. */
export class WebhookVerificationError extends TellwireError {
  override name = 'WebhookVerificationError'
}

const toleranceSeconds = 300

/**
 * Reads an event that came by webhook, after making sure that it was signed by the service (Standard Webhooks).
 * @param body the body exactly as it came, before anything parsed it.
 * @param headers those of the request.
 * @param secret the webhook's secret, `whsec_…`; of several, one has to fit.
 * @throws {WebhookVerificationError}
 */
export async function verifyWebhook(
  body: string | Uint8Array,
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string | readonly string[],
): Promise<TellwireEvent> {
  return readSigned(headers, secret, () => body)
}

/** Reads the body only where it can have been signed. */
export async function readSigned(
  headers: Headers | Record<string, string | string[] | undefined>,
  secret: string | readonly string[],
  readBody: () => Promise<string | Uint8Array> | string | Uint8Array,
): Promise<TellwireEvent> {
  const read = (name: string): string => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name]
    if (typeof value !== 'string') throw new WebhookVerificationError(`There is no header ${name}`)
    return value
  }
  const id = read('webhook-id')
  const timestamp = read('webhook-timestamp')
  const signatures = read('webhook-signature')
  if (!(Math.abs(Date.now() / 1_000 - Number(timestamp)) <= toleranceSeconds)) {
    throw new WebhookVerificationError('The request is not of the last five minutes')
  }
  const body = await readBody()
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
  const signed = new TextEncoder().encode(`${id}.${timestamp}.${text}`)
  for (const each of typeof secret === 'string' ? [secret] : secret) {
    const key = await importSecret(each)
    for (const signature of signatures.split(' ')) {
      const [version, value = ''] = signature.split(',')
      const bytes = version === 'v1' ? fromBase64(value) : undefined
      if (bytes && (await crypto.subtle.verify('HMAC', key, bytes, signed))) return readEvent(text)
    }
  }
  throw new WebhookVerificationError('No signature fits')
}

/** Standard Webhooks has another name for the time of an event. */
function readEvent(body: string): TellwireEvent {
  const { timestamp: created_at, ...event } = JSON.parse(body) as { timestamp: string }
  return { ...event, created_at } as TellwireEvent
}

function importSecret(secret: string) {
  const bytes = fromBase64(secret.replace(/^whsec_/, ''))
  if (!bytes || bytes.length === 0) throw new TellwireError('A secret of webhooks is whsec_ and base64')
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify'])
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    return undefined
  }
}
