import type { Acceptance, NotificationToAccept } from '@tellwire/db'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'
import { getNotification } from './get-notification.js'
import { keepAnswer, type KeptAnswer } from './show-accepted.js'

/**
 * The answers to a request, where a dedupe key that stands for an earlier notification is answered with
 * that one. They become what the idempotency key stands for.
 */
export async function answerDuplicates(
  ctx: TenantContext,
  notifications: NotificationToAccept[],
  acceptances: Acceptance[],
  idempotencyKey: string | undefined,
): Promise<KeptAnswer[]> {
  const answers = await Promise.all(
    notifications.map(async (notification, index) => {
      const acceptance = acceptances[index]
      if (!acceptance) throw new Error('the accept statement left a notification out')
      const answer = keepAnswer(notification, acceptance)
      return acceptance.result === 'duplicate' ? pointToEarlier(ctx, notification, answer) : answer
    }),
  )
  if (idempotencyKey !== undefined) {
    await ctx.db.idempotencyKey.updateMany({
      where: { tenantId: ctx.tenantId, key: idempotencyKey },
      data: { response: { answers: answers.map((answer) => ({ ...answer })) } },
    })
  }
  return answers
}

async function pointToEarlier(
  ctx: TenantContext,
  { dedupe }: NotificationToAccept,
  answer: KeptAnswer,
): Promise<KeptAnswer> {
  const { db, tenantId } = ctx
  const known = await db.dedupeKey.findUnique({ where: { tenantId_key: { tenantId, key: dedupe?.key ?? '' } } })
  if (!known) throw new ApiError('conflict', 'The dedupe key was just forgotten. Try again.')
  const { id: _, status, deliveries, estimatedSendAt, isBroadcast } = await describeEarlier(ctx, known.notificationId)
  return {
    ...answer,
    id: known.notificationId,
    status,
    deliveries,
    is_broadcast: isBroadcast,
    is_list: false,
    is_deduplicated: true,
    estimated_send_at: estimatedSendAt,
  }
}

async function describeEarlier(ctx: TenantContext, id: string) {
  const { status, deliveries, to, send_at: sendAt } = await getNotification(ctx, id)
  const isBroadcast = 'topic' in to || 'everyone' in to
  return { id, status, deliveries: deliveries.length, isBroadcast, estimatedSendAt: sendAt }
}
