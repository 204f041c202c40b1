import type { Acceptance, NotificationToAccept } from '@tellwire/db'
import type { FastifyRequest } from 'fastify'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { findAnswer, forgetExpired, hashRequest, readIdempotencyKey } from '../../plugins/idempotency.js'
import { answerDuplicates } from './answer-duplicates.js'
import { readNewNotification } from './read-new-notification.js'
import type { AcceptedBatch, BatchResult, NewBatch } from './schemas.js'
import { keepAnswer, type KeptAnswer, showAccepted } from './show-accepted.js'

export interface BatchOutcome {
  body: AcceptedBatch
  isReplayed: boolean
}

type Read = { notification: NotificationToAccept } | { error: ApiError }

/** Accepts several notifications in one commit, all or as many as can be sent. */
export async function acceptBatch(ctx: TenantContext, request: FastifyRequest): Promise<BatchOutcome> {
  // The route's schema has validated it.
  const input = request.body as NewBatch
  const items = await Promise.all(
    input.notifications.map((item, position): Promise<Read> =>
      readNewNotification(ctx, item).then(
        (notification) => ({ notification: { ...notification, answer: { ...notification.answer, position } } }),
        (error: unknown) => {
          if (error instanceof ApiError) return { error }
          throw error
        },
      ),
    ),
  )
  const notifications = items.flatMap((item) => ('notification' in item ? [item.notification] : []))
  const isHopeless = notifications.length === 0 || (input.atomic && notifications.length < items.length)
  const key = readIdempotencyKey(request)
  const acceptances = isHopeless
    ? []
    : await ctx.accepter.accept({
        notifications,
        isAtomic: input.atomic,
        idempotency: key === undefined ? undefined : { key, requestHash: hashRequest(request) },
      })

  if (isHopeless || isRefused(acceptances)) {
    const earlier = await findAnswer(ctx, request)
    if (earlier) {
      const { answers } = earlier as unknown as { answers: KeptAnswer[] }
      return { body: toBody(items, answers), isReplayed: true }
    }
    if (key !== undefined && (await forgetExpired(ctx, key))) return acceptBatch(ctx, request)
    throw refused(items, acceptances)
  }
  const answers = acceptances.some(({ result }) => result === 'duplicate')
    ? await answerDuplicates(ctx, notifications, acceptances, key)
    : notifications.flatMap((notification, index) => {
        const acceptance = acceptances[index]
        return acceptance ? [keepAnswer(notification, acceptance)] : []
      })
  return { body: toBody(items, answers), isReplayed: false }
}

function isRefused(acceptances: Acceptance[]): boolean {
  return acceptances.every(({ result }) => result === 'refused' || result === 'unreachable')
}

/** In the order of the request. */
function toBody(items: Read[], answers: KeptAnswer[]): AcceptedBatch {
  const byPosition = new Map(answers.map((answer) => [answer.position, answer]))
  const results = items.map((item, position): BatchResult => {
    const answer = byPosition.get(position)
    if (answer?.is_reachable) return { status: 'accepted', notification: showAccepted(answer) }
    return showRefusal('error' in item && !answer ? item.error : notConnected(''))
  })
  const accepted = results.filter(({ status }) => status === 'accepted').length
  return { results, accepted, refused: results.length - accepted }
}

function showRefusal({ code, message, errors }: ApiError): BatchResult {
  return { status: 'refused', error: { code, detail: message, ...(errors ? { errors } : {}) } }
}

function notConnected(pointer: string): ApiError {
  return new ApiError('user_not_connected', 'There is no active connection to send to.', {
    errors: [{ pointer: `${pointer}/to`, code: 'user_not_connected', detail: 'has no active connection' }],
  })
}

/** Why nothing was accepted, with a pointer to each of those that were in the way. */
function refused(items: Read[], acceptances: Acceptance[]): ApiError {
  const rest = acceptances.values()
  const errors = items.flatMap((item, index) => {
    const pointer = `/notifications/${index}`
    if ('error' in item)
      return (item.error.errors ?? []).map((error) => ({ ...error, pointer: pointer + error.pointer }))
    return rest.next().value?.result === 'unreachable' ? (notConnected(pointer).errors ?? []) : []
  })
  return new ApiError('batch_refused', 'Nothing was accepted: see errors for what is in the way.', {
    errors: errors.slice(0, 100),
  })
}
