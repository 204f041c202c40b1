import type { Prisma } from '@tellwire/db'
import { type Sealer, unsealWebhookHeaders } from '@tellwire/domain'
import { showId } from '../../http/ids.js'
import type { WebhookSummaryView } from './schemas.js'

export type StoredWebhook = Prisma.WebhookEndpointGetPayload<object>

export function showWebhook(sealer: Sealer, webhook: StoredWebhook): WebhookSummaryView {
  const { id, headersSealed, disabledAt, failingSince } = webhook
  return {
    id: showId('whk', id),
    url: webhook.url,
    types: webhook.types.map(showType),
    description: webhook.description,
    header_names: headersSealed === null ? [] : Object.keys(unsealWebhookHeaders(sealer, webhook, headersSealed)),
    concurrency: webhook.concurrency,
    rate: webhook.rate,
    status: disabledAt !== null ? 'disabled' : failingSince !== null ? 'failing' : 'active',
    disabled_reason: webhook.disabledReason,
    failing_since: failingSince?.toISOString() ?? null,
    last_error: webhook.lastError,
    last_success_at: webhook.lastSuccessAt?.toISOString() ?? null,
    created_at: webhook.createdAt.toISOString(),
  }
}

/** Types are stored as patterns of SQL's LIKE. */
export function toPattern(type: string): string {
  return type.replaceAll('_', '\\_').replace(/\*$/, '%')
}

function showType(pattern: string): string {
  return pattern.replace(/%$/, '*').replaceAll('\\_', '_')
}
