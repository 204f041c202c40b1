import { setTimeout as delay } from 'node:timers/promises'
import {
  type Database,
  inTransaction,
  type InTransaction,
  keyLock,
  nilUuid,
  Prisma,
  type Transaction,
} from '@tellwire/db'
import { Refusal } from '../refusal.js'
import type { AdminScope } from '../scope.js'
import type { SealedPlace, Sealer } from '../secrets/sealer.js'

/** A request that its caller may repeat. */
export interface Idempotency {
  /** Chosen by the caller; 1 to 255 characters. */
  key: string
  /** SHA-256 of what was asked for: another one under the same key is a mistake of the caller's. */
  requestHash: Uint8Array<ArrayBuffer>
}

/** The scope of work that is kept: an admin's has no tenant. */
export type KeepingScope = AdminScope & {
  sealer: Sealer
  tenantId?: string | undefined
  idempotency: Idempotency | undefined
}

export interface Kept<Result> {
  result: Result
  /** The result is that of an earlier request with the same key; nothing was done. */
  isReplayed: boolean
}

interface Options {
  /** The result holds a secret, so that it is kept sealed. */
  isSecret?: boolean
}

/** How long, and how often, a key is waited for that another request uses. No connection is held meanwhile. */
const busyForMsMax = 5_000
const busyRetryMs = 100
const keptForMs = 24 * 3_600_000

/**
 * Runs `work` in a transaction and keeps its result under the request's idempotency key in that same transaction,
 * so that a repeated request changes nothing and gets the first result again, for 24 hours. A request that comes
 * while the first still runs waits for it, up to five seconds. What `work` throws is not kept.
 * @throws {Refusal} `idempotency_mismatch`, `idempotency_in_flight`.
 */
export async function keepOnce<Scope extends KeepingScope, Result>(
  scope: Scope,
  work: (scope: InTransaction<Scope>) => Promise<Result>,
  options: Options = {},
): Promise<Kept<Result>> {
  const { idempotency } = scope
  if (!idempotency) return { result: await inTransaction(scope, work), isReplayed: false }
  const busyUntilMs = performance.now() + busyForMsMax
  for (;;) {
    const tried = await inTransaction(scope, async (scope) => {
      const claim = await claimKey(scope.db, scope.tenantId ?? nilUuid, idempotency)
      if (claim !== 'claimed') return claim
      const result = await work(scope)
      await keepResult(scope, idempotency.key, result, options)
      return { result, isReplayed: false }
    })
    if (typeof tried === 'object') return tried
    const earlier = tried === 'used' ? await findKept<Result>(scope) : undefined
    if (earlier) return earlier
    if (tried === 'used' || performance.now() > busyUntilMs) throw inFlight()
    await delay(busyRetryMs)
  }
}

export function inFlight(): Refusal {
  return new Refusal('idempotency_in_flight', 'The first request with this key has not finished.', {
    retryAfterSeconds: 1,
  })
}

/**
 * Finds the result of an earlier request with the same key.
 * @throws {Refusal} `idempotency_mismatch` when that request was another.
 */
export async function findKept<Result>(
  scope: Pick<KeepingScope, 'db' | 'sealer' | 'tenantId' | 'idempotency'>,
): Promise<Kept<Result> | undefined> {
  const { db, idempotency, sealer } = scope
  if (!idempotency) return undefined
  const kept = await db.idempotencyKey.findUnique({
    where: { tenantId_key: { tenantId: scope.tenantId ?? nilUuid, key: idempotency.key } },
  })
  if (!kept || kept.createdAt.getTime() < Date.now() - keptForMs) return undefined
  if (!Buffer.from(idempotency.requestHash).equals(kept.requestHash)) {
    throw new Refusal('idempotency_mismatch', 'The key was used for a request with another body or address.', {
      errors: [{ pointer: '/idempotency-key', code: 'mismatch', detail: 'was used for another request' }],
    })
  }
  const result = kept.resultSealed ? unseal(sealer, kept, kept.resultSealed) : kept.result
  // It is what the same operation returned, as JSON.
  return { result: result as Result, isReplayed: true }
}

/** Makes room for a key whose 24 hours are over. @returns whether there was such a record. */
export async function forgetExpired(db: Database, tenantId: string, { key }: Idempotency): Promise<boolean> {
  const { count } = await db.idempotencyKey.deleteMany({
    where: { tenantId, key, createdAt: { lt: new Date(Date.now() - keptForMs) } },
  })
  return count > 0
}

const lockKey = `SELECT pg_try_advisory_xact_lock(${keyLock('idempotency', '$1', '$2')}) AS "isLocked"`

/** @returns `busy` while a transaction with the same key is open, and `used` after one has been committed. */
async function claimKey(
  db: Transaction,
  tenantId: string,
  { key, requestHash }: Idempotency,
): Promise<'claimed' | 'busy' | 'used'> {
  const [lock] = await db.$queryRawUnsafe<{ isLocked: boolean }[]>(lockKey, tenantId, key)
  if (!lock?.isLocked) return 'busy'
  await db.$executeRaw`
    DELETE FROM idempotency_keys
    WHERE tenant_id = ${tenantId}::uuid AND key = ${key} AND created_at < now() - interval '24 hours'`
  const claimed = await db.$executeRaw`
    INSERT INTO idempotency_keys (tenant_id, key, request_hash)
    VALUES (${tenantId}::uuid, ${key}, ${requestHash}) ON CONFLICT DO NOTHING`
  return claimed === 1 ? 'claimed' : 'used'
}

async function keepResult(
  { db, sealer, tenantId = nilUuid }: { db: Transaction; sealer: Sealer; tenantId?: string | undefined },
  key: string,
  result: unknown,
  { isSecret }: Options,
): Promise<void> {
  await db.idempotencyKey.update({
    where: { tenantId_key: { tenantId, key } },
    data: isSecret
      ? { resultSealed: seal(sealer, { tenantId, key }, result) }
      : { result: (result ?? Prisma.JsonNull) as Prisma.InputJsonValue },
  })
}

interface KeptKey {
  tenantId: string
  key: string
}

function seal(sealer: Sealer, kept: KeptKey, result: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(keptResultPlace(kept), JSON.stringify({ body: result })))
}

function unseal(sealer: Sealer, kept: KeptKey, sealed: Uint8Array): unknown {
  return (JSON.parse(sealer.unseal(keptResultPlace(kept), sealed)) as { body: unknown }).body
}

/** An answer that was kept sealed. */
export interface KeptAnswer extends KeptKey {
  sealed: Uint8Array
}

/** @returns the answer; undefined where no key opens it any more. */
export function openKeptResult(sealer: Sealer, { sealed, ...kept }: KeptAnswer): unknown {
  try {
    return unseal(sealer, kept, sealed)
  } catch {
    return undefined
  }
}

export function keptResultPlace({ tenantId, key }: KeptKey): SealedPlace {
  return { tenantId, table: 'idempotency_keys', row: key, field: 'result', formerly: 'idempotent-answer' }
}
