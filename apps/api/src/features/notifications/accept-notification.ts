import type { FastifyRequest } from 'fastify'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findAnswer, forgetExpired, hashRequest, readIdempotencyKey } from '../../plugins/idempotency.js'
import { answerDuplicates, pointToEarlier } from './answer-duplicates.js'
import { readNewNotification } from './read-new-notification.js'
import type { AcceptedNotification, NewNotification } from './schemas.js'
import { keepAnswer, type KeptAnswer, showAccepted } from './show-accepted.js'

export interface AcceptResult {
  id: string
  body: AcceptedNotification
  isReplayed: boolean
}

/** When it returns, the notification and its deliveries are on disk. */
export async function acceptNotification(ctx: TenantContext, request: FastifyRequest): Promise<AcceptResult> {
  // The route's schema has validated it.
  const input = request.body as NewNotification
  const notification = await readNewNotification(ctx, input).catch(async (error: unknown) => {
    // What could be accepted when the request came first may be too late now.
    const earlier = error instanceof ApiError ? await findEarlier(ctx, request) : undefined
    if (!earlier) throw error
    return earlier
  })
  if ('body' in notification) return notification

  const key = readIdempotencyKey(request)
  const acceptances = await ctx.accepter.accept({
    notifications: [notification],
    isAtomic: false,
    idempotency: key === undefined ? undefined : { key, requestHash: hashRequest(request) },
  })
  const [acceptance] = acceptances
  if (!acceptance) throw new Error('the accept statement left a notification out')
  if (acceptance.result === 'accepted') return toResult(keepAnswer(notification, acceptance), false)
  if (acceptance.result === 'duplicate') {
    const [answer] = await answerDuplicates(ctx, [notification], [acceptance], key)
    if (answer) return toResult(answer, false)
  }

  const earlier = await findEarlier(ctx, request)
  if (earlier) return earlier
  if (key !== undefined && (await forgetExpired(ctx, key))) return acceptNotification(ctx, request)
  throw notConnected(input.to)
}

function toResult(answer: KeptAnswer, isReplayed: boolean): AcceptResult {
  return { id: answer.id, body: showAccepted(answer), isReplayed }
}

/** The answer that an earlier request with the same idempotency key got. */
async function findEarlier(ctx: TenantContext, request: FastifyRequest): Promise<AcceptResult | undefined> {
  const earlier = await findAnswer(ctx, request)
  const [answer] = (earlier as unknown as { answers: KeptAnswer[] } | undefined)?.answers ?? []
  if (!answer) return undefined
  const isStored =
    answer.dedupe_key === undefined ||
    (await ctx.db.notification.count({ where: { tenantId: ctx.tenantId, id: answer.id } })) > 0
  return toResult(isStored ? answer : await pointToEarlier(ctx, answer), true)
}

function notConnected(to: NewNotification['to']): ApiError {
  const [field = 'user_id'] = Object.keys(to)
  return new ApiError(
    'user_not_connected',
    'There is no active connection to send to. Give the user a connect link first.',
    { errors: [{ pointer: `/to/${field}`, code: 'user_not_connected', detail: 'has no active connection' }] },
  )
}
