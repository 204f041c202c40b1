import { idTime, listWebhookAttempts, readWord } from '@tellwire/db'
import { showWebhookMessage, type TenantScope } from '@tellwire/domain'
import { readIdCursor, toPage } from '../../http/cursors.js'
import { showId } from '../../http/ids.js'
import { findWebhook } from './find-webhook.js'
import type { AttemptView, WebhookListQuery } from './schemas.js'

const outcomes = ['taken', 'failed', 'given_up'] as const

/** Lists the requests to a webhook, newest first. */
export async function listAttempts(
  scope: TenantScope & { key: { scopes: readonly string[] } },
  webhookId: string,
  { limit, cursor }: WebhookListQuery,
) {
  const { db, tenantId, key } = scope
  const mayRead = key.scopes.includes('events:read')
  await findWebhook(scope, webhookId)
  const list = ['webhook attempts', tenantId, webhookId]
  const before = readIdCursor(list, cursor)
  const attempts = await listWebhookAttempts(db, { tenantId, endpointId: webhookId, before, limit: limit + 1 })
  return toPage(
    attempts,
    limit,
    list,
    ({ id }) => id,
    (attempt): AttemptView => ({
      id: showId('att', attempt.id),
      event_id: showId('evt', attempt.eventId),
      event_type: attempt.eventType,
      attempt: attempt.attempt,
      request: { url: attempt.url, body: mayRead && attempt.event ? showWebhookMessage(attempt.event) : null },
      outcome: readWord(outcomes, attempt.outcome),
      status: attempt.status,
      failure: attempt.failure,
      latency_ms: attempt.latencyMs,
      answer: attempt.answer,
      created_at: new Date(idTime(attempt.id)).toISOString(),
    }),
  )
}
