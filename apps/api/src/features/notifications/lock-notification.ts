import type { Transaction } from '@tellwire/db'

/**
 * Makes those who change a notification come one after the other, and keeps its deliveries from joining
 * their lanes meanwhile. To be called first in a transaction. @returns whether it was cancelled.
 */
export async function lockNotification(db: Transaction, tenantId: string, id: string): Promise<boolean> {
  const rows = await db.$queryRaw<{ is_cancelled: boolean }[]>`
    SELECT cancelled_at IS NOT NULL AS is_cancelled FROM notifications WHERE tenant_id = ${tenantId}::uuid AND id = ${id}::uuid FOR UPDATE`
  return rows[0]?.is_cancelled === true
}
