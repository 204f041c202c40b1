import { createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto'
import type { SealedPlace, Sealer } from '../secrets/sealer.js'

// Standard Webhooks 1.0.

const prefix = 'whsec_'
const secretBytes = 32

/** A secret with which requests to one webhook are signed: `whsec_` and 32 random bytes in base64. */
export function generateWebhookSecret(): string {
  return prefix + randomBytes(secretBytes).toString('base64')
}

/** The key that a secret stands for. */
export function webhookKey(secret: string): KeyObject {
  return createSecretKey(secret.slice(prefix.length), 'base64')
}

/**
 * The headers that say what a request is, when it was made, and that it is ours: names and values in turn.
 * @param keys one, or some while one takes the place of the others.
 */
export function webhookHeaders(
  keys: readonly KeyObject[],
  { id, timestampSeconds, body }: { id: string; timestampSeconds: number; body: string },
): string[] {
  const timestamp = String(timestampSeconds)
  const signed = `${id}.${timestamp}.${body}`
  const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
  return ['webhook-id', id, 'webhook-timestamp', timestamp, 'webhook-signature', signatures.join(' ')]
}

/** Whose secrets they are. */
export interface EndpointKey {
  tenantId: string
  id: string
}

/** @param secrets one, or those that were there before it, the latest first. */
export function sealWebhookSecrets(
  sealer: Sealer,
  endpoint: EndpointKey,
  secrets: readonly string[],
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(webhookSecretPlace(endpoint), secrets.join(' ')))
}

export function unsealWebhookSecrets(sealer: Sealer, endpoint: EndpointKey, sealed: Uint8Array): string[] {
  return sealer.unseal(webhookSecretPlace(endpoint), sealed).split(' ')
}

export function sealWebhookHeaders(
  sealer: Sealer,
  endpoint: EndpointKey,
  headers: Record<string, string>,
): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(webhookHeadersPlace(endpoint), JSON.stringify(headers)))
}

export function unsealWebhookHeaders(
  sealer: Sealer,
  endpoint: EndpointKey,
  sealed: Uint8Array,
): Record<string, string> {
  // As it was sealed.
  return JSON.parse(sealer.unseal(webhookHeadersPlace(endpoint), sealed)) as Record<string, string>
}

/** Those before stand in the same place: they are of one kind. */
export function webhookSecretPlace({ tenantId, id }: EndpointKey): SealedPlace {
  return { tenantId, table: 'webhook_endpoints', row: id, field: 'secret', formerly: `webhook-secret ${id}` }
}

export function webhookHeadersPlace({ tenantId, id }: EndpointKey): SealedPlace {
  return { tenantId, table: 'webhook_endpoints', row: id, field: 'headers', formerly: `webhook-headers ${id}` }
}
