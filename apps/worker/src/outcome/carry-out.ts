import { openSystemScope, type WorkerContext } from '../context.js'
import type { LaneState } from '../lane/lanes.js'
import type { Lease } from '../lane/leases.js'
import type { QueuedDelivery } from '../lane/send-queue.js'
import { recordBotHealth } from './record-bot-health.js'
import { recordChatEnded, recordChatMigrated } from './record-chat.js'
import { forgetUploads, recordSent } from './record-sent.js'
import type { Consequence } from './verdict.js'

/** The whole bot is to send nothing: for a while, or until somebody does something about it. */
export interface BotHalt {
  pauseMs: number
  parkedReason: string | undefined
}

/** The lane in which an answer came. */
export interface LaneOfAnswer extends Pick<LaneState, 'floods'> {
  ctx: WorkerContext
  botId: string
  lease: Lease
  token: string
  isRestored: boolean
  /** When the calls began that were not answered yet. */
  calls: ReadonlyMap<QueuedDelivery, number>
}

const botPauseMs = 60_000

/** Carries out what follows from an answer. @returns why the bot has to halt, where it has to. */
export async function carryOut(
  lane: LaneOfAnswer,
  delivery: QueuedDelivery,
  consequence: Consequence,
): Promise<BotHalt | undefined> {
  const { ctx, botId } = lane
  const chat = { botId, chatId: BigInt(delivery.chatId) }
  switch (consequence.kind) {
    case 'messages_sent':
      await recordSent(ctx.db, botId, delivery, consequence.messages)
      return undefined
    case 'uploads_forgotten':
      await forgetUploads(ctx.db, botId, delivery)
      return undefined
    case 'chat_ended':
      await recordChatEnded(openSystemScope(ctx, 'lane'), chat, consequence.status)
      return undefined
    case 'chat_migrated':
      await recordChatMigrated(openSystemScope(ctx, 'lane'), { ...chat, toChatId: BigInt(consequence.toChatId) })
      return undefined
    case 'flood':
      return recordFlood(lane, delivery, consequence.retryAfterMs)
    case 'bot_refused':
      return haltBot(lane, consequence)
    case 'message_withdrawn':
      await withdraw(lane, delivery, consequence.messageId)
      return undefined
    case 'rich_unsupported':
      ctx.richSupport.noteMissing(botId)
      return undefined
    case 'bot_accepted':
      await restoreBot(lane)
      return undefined
  }
}

function recordFlood(
  { ctx, botId, floods, calls }: LaneOfAnswer,
  delivery: QueuedDelivery,
  retryAfterMs: number,
): BotHalt | undefined {
  const { chatId } = delivery
  ctx.log.warn({ botId, chatId, retryAfterMs }, 'telegram rate limit')
  ctx.metrics.rateLimited.inc()
  const pauseMs = floods.record(chatId, retryAfterMs, calls.get(delivery) ?? 0)
  return pauseMs === undefined ? undefined : { pauseMs, parkedReason: undefined }
}

/** It is tried once, beside the lane, for a thing that is rare: where it fails, the part stays beside the whole. */
async function withdraw(
  { ctx, botId, token, lease }: LaneOfAnswer,
  { chatId }: QueuedDelivery,
  messageId: number,
): Promise<void> {
  if (!lease.isHeld()) return
  const outcome = await ctx.telegram.call(token, 'deleteMessage', { chat_id: Number(chatId), message_id: messageId })
  if (outcome.kind !== 'ok') ctx.log.warn({ botId, chatId, outcome: outcome.kind }, 'a message that was cut stays')
}

async function haltBot(
  { ctx, botId, lease }: LaneOfAnswer,
  { code, description, isLasting }: Extract<Consequence, { kind: 'bot_refused' }>,
): Promise<BotHalt> {
  ctx.log.error({ botId, code, description }, 'telegram refuses the bot')
  await recordBotHealth(openSystemScope(ctx, 'lane'), { botId, tokenSealed: lease.grant.tokenSealed }, true).catch(
    (error: unknown) => ctx.log.error({ err: error, botId }, 'a refused bot was not recorded'),
  )
  return { pauseMs: isLasting ? 0 : botPauseMs, parkedReason: isLasting ? code : undefined }
}

/** Whether Telegram refused the bot when the turn began, and has not taken it since. */
export function isInDoubt({ lease: { grant }, isRestored }: Pick<LaneOfAnswer, 'lease' | 'isRestored'>): boolean {
  return !isRestored && (grant.isParked || grant.botStatus !== 'active')
}

async function restoreBot(lane: LaneOfAnswer): Promise<void> {
  const { ctx, botId, lease } = lane
  const { grant } = lease
  if (!isInDoubt(lane)) return
  lane.isRestored = true
  grant.botStatus = 'active'
  await recordBotHealth(openSystemScope(ctx, 'lane'), { botId, tokenSealed: grant.tokenSealed }, false)
}
