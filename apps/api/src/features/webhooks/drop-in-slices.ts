import type { TenantScope } from '@tellwire/domain'

const slice = 5_000

/**
 * Removes what waits for a webhook while that is disabled, slice by slice: however much there is, no statement takes for
 * long, and where a request ends before it is done, the next one has less to do.
 */
export async function dropWaiting({ db, tenantId }: TenantScope, id: string): Promise<void> {
  let count: number
  do {
    // One that others remove meanwhile is no reason to end. Who enables the webhook comes before a slice or after it.
    count = await db.$executeRaw`
      WITH endpoint AS MATERIALIZED (
        SELECT FROM webhook_endpoints
        WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid AND disabled_at IS NOT NULL FOR SHARE
      )
      DELETE FROM webhook_deliveries WHERE EXISTS (SELECT FROM endpoint) AND id = ANY (ARRAY(
        SELECT id FROM webhook_deliveries
        WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = ${id}::uuid ORDER BY due_at LIMIT ${slice}
      ))`
  } while (count > 0)
}

/** The same of what was tried. */
export async function dropAttempts({ db, tenantId }: TenantScope, id: string): Promise<void> {
  let count: number
  do {
    count = await db.$executeRaw`
      DELETE FROM webhook_attempts
      WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = ${id}::uuid AND id = ANY (ARRAY(
        SELECT id FROM webhook_attempts
        WHERE tenant_id = ${tenantId}::uuid AND endpoint_id = ${id}::uuid LIMIT ${slice}
      ))`
  } while (count > 0)
}
