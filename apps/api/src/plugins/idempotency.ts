import { createHash } from 'node:crypto'
import { type Database, inTransaction, nilUuid, Prisma, type Transaction } from '@tellwire/db'
import type { Sealer } from '@tellwire/domain'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { ApiError } from '../errors.js'

export interface Answer {
  status: number
  body: unknown
  location?: string
}

export interface IdempotencyContext {
  db: Database
  sealer: Sealer
  /** Absent for the admin interface. */
  tenantId?: string | undefined
}

interface Options {
  /** The answer holds a secret, so it is kept sealed. */
  isSecret?: boolean
}

const lockTimeout = '5s'
const keptForMs = 24 * 3_600_000
const sealPurpose = 'idempotent-answer'
const postgresLockTimeout = '55P03'

export function readIdempotencyKey(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  return typeof key === 'string' ? key : undefined
}

/** Two requests are the same when method, route and body are. */
export function hashRequest(request: FastifyRequest): Buffer {
  const parts = [request.method, request.routeOptions.url, request.params, request.body]
  return createHash('sha256').update(JSON.stringify(parts)).digest()
}

/**
 * Runs `work` in a transaction and keeps its answer under the request's idempotency key in that same
 * transaction, so that a repeated request changes nothing and gets the first answer again. A request that
 * comes while the first still runs waits for it, up to five seconds. What `work` throws is not kept.
 */
export async function runIdempotently<Context extends IdempotencyContext>(
  ctx: Context,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (ctx: Omit<Context, 'db'> & { db: Transaction }) => Promise<Answer>,
  options: Options = {},
): Promise<FastifyReply> {
  const key = readIdempotencyKey(request)
  if (key === undefined) return sendAnswer(reply, await inTransaction(ctx, work))

  const requestHash = hashRequest(request)
  try {
    const outcome = await inTransaction(ctx, async (ctx) => {
      if (!(await claimKey(ctx.db, ctx.tenantId ?? nilUuid, key, requestHash))) return undefined
      const answer = await work(ctx)
      await keepAnswer(ctx, key, answer, options)
      return answer
    })
    if (outcome) return await sendAnswer(reply, outcome)
  } catch (error) {
    throw isLockTimeout(error) ? inFlight(error) : error
  }

  const replayed = await replayEarlier(ctx, request, reply)
  if (!replayed) throw inFlight()
  return replayed
}

function inFlight(cause?: unknown): ApiError {
  return new ApiError('idempotency_in_flight', 'The first request with this key has not finished.', {
    retryAfterSeconds: 1,
    cause,
  })
}

/**
 * The answer that an earlier request with the same key got, if there was one.
 * @throws `idempotency_mismatch` when that request was another.
 */
export async function findAnswer(ctx: IdempotencyContext, request: FastifyRequest): Promise<Answer | undefined> {
  const key = readIdempotencyKey(request)
  if (key === undefined) return undefined
  const kept = await ctx.db.idempotencyKey.findUnique({
    where: { tenantId_key: { tenantId: ctx.tenantId ?? nilUuid, key } },
  })
  if (!kept || kept.createdAt.getTime() < Date.now() - keptForMs) return undefined
  if (!hashRequest(request).equals(kept.requestHash)) {
    throw new ApiError('idempotency_mismatch', 'The key was used for a request with another body or address.', {
      errors: [{ pointer: '/idempotency-key', code: 'mismatch', detail: 'was used for another request' }],
    })
  }
  const content = kept.responseSealed
    ? (JSON.parse(ctx.sealer.unseal(sealPurpose, kept.responseSealed)) as unknown)
    : kept.response
  return { ...(content as Omit<Answer, 'status'>), status: kept.responseStatus }
}

/** Makes room for a key whose 24 hours are over. @returns whether there was such a record. */
export async function forgetExpired(ctx: IdempotencyContext, key: string): Promise<boolean> {
  const { count } = await ctx.db.idempotencyKey.deleteMany({
    where: { tenantId: ctx.tenantId ?? nilUuid, key, createdAt: { lt: new Date(Date.now() - keptForMs) } },
  })
  return count > 0
}

export async function replayEarlier(
  ctx: IdempotencyContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const earlier = await findAnswer(ctx, request)
  return earlier && sendAnswer(reply.header('idempotency-replayed', 'true'), earlier)
}

function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  if (answer.location !== undefined) reply.header('location', answer.location)
  return reply.code(answer.status).send(answer.body)
}

async function claimKey(db: Transaction, tenantId: string, key: string, requestHash: Buffer): Promise<boolean> {
  await db.$executeRawUnsafe(`SET LOCAL lock_timeout = '${lockTimeout}'`)
  await db.$executeRaw`DELETE FROM idempotency_keys WHERE tenant_id = ${tenantId}::uuid AND key = ${key} AND created_at < now() - interval '24 hours'`
  const claimed = await db.$executeRaw`
    INSERT INTO idempotency_keys (tenant_id, key, request_hash, response_status)
    VALUES (${tenantId}::uuid, ${key}, ${requestHash}, 0) ON CONFLICT DO NOTHING`
  return claimed === 1
}

async function keepAnswer(
  ctx: { db: Transaction; sealer: Sealer; tenantId?: string | undefined },
  key: string,
  answer: Answer,
  options: Options,
): Promise<void> {
  const { status, ...content } = answer
  await ctx.db.idempotencyKey.update({
    where: { tenantId_key: { tenantId: ctx.tenantId ?? nilUuid, key } },
    data: options.isSecret
      ? {
          responseStatus: status,
          responseSealed: new Uint8Array(ctx.sealer.seal(sealPurpose, JSON.stringify(content))),
        }
      : { responseStatus: status, response: content as Prisma.InputJsonObject },
  })
}

function isLockTimeout(error: unknown): boolean {
  return (
    error instanceof Prisma.PrismaClientKnownRequestError && JSON.stringify(error.meta).includes(postgresLockTimeout)
  )
}
