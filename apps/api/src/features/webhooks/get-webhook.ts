import { idFloor } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { findWebhook } from './find-webhook.js'
import type { WebhookView } from './schemas.js'
import { showWebhook } from './show-webhook.js'

const dayMs = 86_400_000
const pendingMax = 10_000

/** Shows a webhook, and how its last day went. */
export async function getWebhook(scope: TenantScope & Needs<'sealer'>, id: string): Promise<WebhookView> {
  const { db, tenantId, sealer } = scope
  const webhook = await findWebhook(scope, id)
  const [pending, [day]] = await Promise.all([
    db.webhookDelivery.findMany({ where: { tenantId, endpointId: id }, select: { id: true }, take: pendingMax }),
    db.$queryRaw<{ attempts: number; taken: number; latency: number | null }[]>`
      SELECT count(*)::int AS attempts, (count(*) FILTER (WHERE outcome = 'taken'))::int AS taken,
        (percentile_disc(0.95) WITHIN GROUP (ORDER BY latency_ms))::int AS latency
      FROM webhook_attempts
      WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = ${id}::uuid AND id >= ${idFloor(Date.now() - dayMs)}::uuid`,
  ])
  const { attempts = 0, taken = 0, latency = null } = day ?? {}
  return {
    ...showWebhook(sealer, webhook),
    pending: pending.length,
    last_day: { attempts, success_rate: attempts === 0 ? null : taken / attempts, latency_p95_ms: latency },
  }
}
