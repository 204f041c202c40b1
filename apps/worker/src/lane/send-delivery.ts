import type { Message } from '@tellwire/telegram'
import type { WorkerContext } from '../context.js'
import { composeMessage } from './compose-message.js'
import { type Decision, decide, expire } from './decide.js'
import type { LaneState } from './lanes.js'
import type { Lease } from './lease.js'
import { noteBotHealth, noteChatEnded, noteChatMigrated } from './note-consequences.js'
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
  const message = composeMessage(delivery, { isPaid: lease.grant.isPaid })
  permits.start(delivery.chatId, delivery.isGroup ? 'group' : 'private')
  const outcome = await ctx.telegram.call(token, 'sendMessage', message)
  const answeredAtMs = performance.now()
  permits.answered(delivery.chatId, answeredAtMs)

  const decision = decide<Message>(delivery, outcome, answeredAtMs)
  const isMoved = decision.migratedTo === undefined || (await noteMigration(sending, delivery, decision.migratedTo))
  ctx.settler.add(lease, { ...(isMoved ? decision.outcome : decision.outcomeUnmoved), answeredAtMs })
  ctx.metrics.sends.inc({ result: decision.outcome.result })
  return act(sending, delivery, decision)
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
