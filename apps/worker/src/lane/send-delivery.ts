import type { WorkerContext } from '../context.js'
import { type Decision, decide, expire } from './decide.js'
import type { LaneState } from './lanes.js'
import type { Lease } from './lease.js'
import { noteBotHealth, noteChatEnded, noteChatMigrated } from './note-consequences.js'
import { forgetUploads, noteSent } from './note-sent.js'
import type { QueuedDelivery } from './send-queue.js'

/** The whole bot is to send nothing: for a while, or until somebody does something about it. */
export interface BotHalt {
  pauseMs: number
  parkedReason: string | undefined
}

interface Sending extends Pick<LaneState, 'permits' | 'floods'> {
  ctx: WorkerContext
  botId: string
  token: string
  lease: Lease
}

const botPauseMs = 60_000
/** A file of 50 MB takes its time. */
const uploadTimeoutMs = 120_000

/**
 * Makes the call for one delivery and hands its outcome to the settler. The permits were asked before; the
 * time is looked at here, right before the call.
 */
export async function sendDelivery(sending: Sending, delivery: QueuedDelivery): Promise<BotHalt | undefined> {
  const { ctx, token, permits, lease } = sending
  if (delivery.expiresAtMs <= performance.now()) {
    ctx.settler.add(lease, expire(delivery))
    return undefined
  }
  const { method, params, uploads, messageCount, changesMessageId } = delivery.call
  const isPaid = lease.grant.isPaid && changesMessageId === undefined
  const addressed = { chat_id: Number(delivery.chatId), ...params, ...(isPaid ? { allow_paid_broadcast: true } : {}) }
  permits.start(delivery.chatId, delivery.isGroup ? 'group' : 'private', messageCount)
  // The call was put together for this method.
  const options = uploads.length > 0 ? { uploads, timeoutMs: uploadTimeoutMs, uploadsEnd: ctx.stopping } : {}
  const outcome = await ctx.telegram.call(token, method, addressed, options)
  const answeredAtMs = performance.now()
  permits.answered(delivery.chatId, answeredAtMs, messageCount)

  const decision = decide(delivery, outcome, answeredAtMs)
  const isMoved = decision.migratedTo === undefined || (await noteMigration(sending, delivery, decision.migratedTo))
  const settle = () =>
    ctx.settler.add(lease, { ...(isMoved ? decision.outcome : decision.outcomeUnmoved), answeredAtMs })
  ctx.metrics.sends.inc({ result: decision.outcome.result })
  // What the next message of the chat builds on is written down before the chat is free for it.
  if (!decision.sent && !decision.forgetsUploads) settle()
  try {
    return await act(sending, delivery, decision)
  } finally {
    if (decision.sent || decision.forgetsUploads) settle()
  }
}

async function noteMigration({ ctx, botId }: Sending, delivery: QueuedDelivery, toChatId: number): Promise<boolean> {
  try {
    await noteChatMigrated(ctx, botId, BigInt(delivery.chatId), BigInt(toChatId))
    return true
  } catch (error) {
    ctx.log.error({ err: error, botId, chatId: delivery.chatId }, 'a migration was not recorded')
    return false
  }
}

/** What an answer means beyond its delivery. A failure here is logged: the delivery is settled all the same. */
async function act(sending: Sending, delivery: QueuedDelivery, decision: Decision): Promise<BotHalt | undefined> {
  const { ctx, botId, floods, lease } = sending
  try {
    if (decision.outcome.result === 'unknown') ctx.metrics.unknown.inc({ cause: 'no_answer' })
    if (decision.sent) await noteSent(ctx, botId, delivery, delivery.call, decision.sent)
    if (decision.forgetsUploads) await forgetUploads(ctx, botId, delivery, delivery.call)
    if (decision.endsChat) await noteChatEnded(ctx, botId, BigInt(delivery.chatId), decision.endsChat)
    if (decision.floodMs !== undefined) {
      ctx.log.warn({ botId, chatId: delivery.chatId, retryAfterMs: decision.floodMs }, 'telegram rate limit')
      ctx.metrics.rateLimited.inc()
      const pauseMs = floods.note(delivery.chatId, decision.floodMs)
      return pauseMs === undefined ? undefined : { pauseMs, parkedReason: undefined }
    }
    if (decision.botProblem) {
      const { code, isLasting } = decision.botProblem
      await noteBotHealth(ctx, botId, decision.botProblem, lease.grant.tokenSealed)
      return { pauseMs: isLasting ? 0 : botPauseMs, parkedReason: isLasting ? code : undefined }
    }
    if (lease.grant.botStatus !== 'active' && decision.outcome.result === 'sent') {
      lease.grant.botStatus = 'active'
      await noteBotHealth(ctx, botId, undefined, lease.grant.tokenSealed)
    }
  } catch (error) {
    ctx.log.error({ err: error, botId }, 'a consequence of an answer was not recorded')
  }
  return undefined
}
