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
      return acceptance.result === 'duplicate' ? pointToEarlier(ctx, answer) : answer
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

/** @throws `conflict` when the dedupe key has been forgotten. */
export async function pointToEarlier(ctx: TenantContext, answer: KeptAnswer): Promise<KeptAnswer> {
  const { db, tenantId } = ctx
  const known = await db.dedupeKey.findUnique({ where: { tenantId_key: { tenantId, key: answer.dedupe_key ?? '' } } })
  if (!known) throw new ApiError('conflict', 'The dedupe key was just forgotten. Try again.')
  const { status, progress, to, send_at: sendAt } = await getNotification(ctx, known.notificationId)
  return {
    ...answer,
    id: known.notificationId,
    status,
    deliveries: progress.expected ?? 0,
    is_broadcast: 'topic' in to || 'everyone' in to,
    is_list: false,
    is_deduplicated: true,
    estimated_send_at: sendAt,
  }
}
