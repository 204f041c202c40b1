import { type BotHalt, carryOut, type LaneOfAnswer } from '../outcome/carry-out.js'
import { judge } from '../outcome/judge.js'
import { comesFirst, type Consequence, type Judgement } from '../outcome/verdict.js'
import type { LaneState } from './lanes.js'
import type { QueuedDelivery } from './send-queue.js'

interface Sending extends LaneOfAnswer, Pick<LaneState, 'permits'> {
  token: string
}

/** A file of 50 MB takes its time. */
const uploadTimeoutMs = 120_000

/**
 * Makes the call for one delivery, and hands over what becomes of it. The permits were asked before; the time is
 * looked at here, right before the call.
 */
export async function sendDelivery(sending: Sending, delivery: QueuedDelivery): Promise<BotHalt | undefined> {
  const { ctx, lease } = sending
  if (delivery.expiresAtMs <= performance.now()) {
    ctx.settler.add(lease, delivery, { result: 'expired' })
    return undefined
  }
  const { judgement, answeredAtMs } = await call(sending, delivery)
  const { verdict, otherwise = verdict, consequences } = judgement
  const first = await carryOutAll(sending, delivery, consequences.filter(comesFirst))
  ctx.settler.add(lease, delivery, first.isComplete ? verdict : otherwise, answeredAtMs)
  ctx.metrics.sends.inc({ result: verdict.result })
  const rest = await carryOutAll(
    sending,
    delivery,
    consequences.filter((consequence) => !comesFirst(consequence)),
  )
  return rest.halt
}

async function call(
  { ctx, token, permits, lease }: Sending,
  delivery: QueuedDelivery,
): Promise<{ judgement: Judgement; answeredAtMs: number }> {
  const { method, params, uploads, messageCount, editsMessageId } = delivery.call
  const isPaid = lease.grant.isPaid && editsMessageId === undefined
  const addressed = { chat_id: Number(delivery.chatId), ...params, ...(isPaid ? { allow_paid_broadcast: true } : {}) }
  permits.start(delivery.chatId, delivery.isGroup ? 'group' : 'private', messageCount)
  const options = uploads.length > 0 ? { uploads, timeoutMs: uploadTimeoutMs, uploadsEnd: ctx.stopping } : {}
  const answer = await ctx.telegram.call(token, method, addressed, options)
  const answeredAtMs = performance.now()
  permits.answered(delivery.chatId, answeredAtMs, messageCount)
  const judgement = judge(delivery, answer, { date: new Date(), monotonicMs: answeredAtMs, random: Math.random })
  return { judgement, answeredAtMs }
}

/** A consequence that fails is logged: the delivery is settled all the same. */
async function carryOutAll(
  sending: Sending,
  delivery: QueuedDelivery,
  consequences: readonly Consequence[],
): Promise<{ isComplete: boolean; halt: BotHalt | undefined }> {
  const { ctx, botId } = sending
  let halt: BotHalt | undefined
  let isComplete = true
  for (const consequence of consequences) {
    try {
      halt = (await carryOut(sending, delivery, consequence)) ?? halt
    } catch (error) {
      isComplete = false
      ctx.log.error({ err: error, botId, consequence: consequence.kind }, 'a consequence of an answer was not recorded')
    }
  }
  return { isComplete, halt }
}
