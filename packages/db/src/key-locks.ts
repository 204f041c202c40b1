/**
 * The SQL of the number under which a key of a tenant's is locked while its transaction runs. Whoever inserts such a
 * key takes the lock first, and does not wait for it inside of a statement: a statement may serve several tenants.
 * @param tenantId and `key` are SQL expressions.
 */
export function keyLock(kind: 'idempotency' | 'dedupe', tenantId: string, key: string): string {
  return `hashtextextended('${kind} ' || ${tenantId}::text || ' ' || ${key}, 0)`
}
