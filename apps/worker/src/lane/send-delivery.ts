import type { CallOutcome } from '@tellwire/telegram'
import { type BotHalt, carryOut, isInDoubt } from '../outcome/carry-out.js'
import { judge } from '../outcome/judge.js'
import { comesFirst, type Consequence } from '../outcome/verdict.js'
import type { QueuedDelivery } from './send-queue.js'
import type { Turn } from './turn.js'

/** A file of 50 MB takes its time. */
const uploadTimeoutMs = 120_000

/** Is called once, when the call was answered, or none was made: with why the bot has to halt, where it has to. */
type OnSent = (halt: BotHalt | undefined) => void

/**
 * Makes the call for one delivery, and hands over what becomes of it. The permits were asked before; the time is
 * looked at here, right before the call.
 */
export function sendDelivery(turn: Turn, delivery: QueuedDelivery, onSent: OnSent): void {
  const { ctx, lease, permits } = turn
  const { messageCount } = delivery.call
  permits.start(delivery.chatId, delivery.isGroup ? 'group' : 'private', messageCount)
  if (!delivery.stopsIfUnknown) return call(turn, delivery, onSent)

  // Whoever finds it in flight is to know that it was begun, since it is not to be repeated.
  const giveBack = (): void => {
    permits.unused(delivery.chatId, messageCount)
    ctx.settler.add(lease, delivery, { result: 'release' })
    onSent(undefined)
  }
  ctx
    .beginner({ id: delivery.id, turnId: lease.turnId })
    .then((isMine) => (isMine && lease.isHeld() ? call(turn, delivery, onSent) : giveBack()), giveBack)
}

function call(turn: Turn, delivery: QueuedDelivery, onSent: OnSent): void {
  const { ctx, token, permits, lease, floods } = turn
  const { method, params, uploads, messageCount, editsMessageId } = delivery.call
  if (delivery.expiresAtMs <= performance.now()) {
    permits.unused(delivery.chatId, messageCount)
    ctx.settler.add(lease, delivery, { result: 'expired' })
    onSent(undefined)
    return
  }
  const isPaid = lease.terms.isPaid && editsMessageId === undefined
  const addressed = { chat_id: Number(delivery.chatId), ...params, ...(isPaid ? { allow_paid_broadcast: true } : {}) }
  const beganAtMs = performance.now()

  const onOutcome = (outcome: CallOutcome<unknown>): void => {
    const answeredAtMs = performance.now()
    permits.answered(delivery.chatId, answeredAtMs, messageCount)
    if (isTaken(outcome)) floods.accepted(beganAtMs)
    const messageId = messageIdOfPlain(turn, delivery, outcome)
    if (messageId === undefined) {
      handleAnswer(turn, delivery, { outcome, answeredAtMs }).then(onSent, (error: unknown) => {
        ctx.log.error({ err: error, botId: turn.botId }, 'an answer was not handled')
        onSent(undefined)
      })
      return
    }
    ctx.settler.addSent(lease, delivery.id, messageId, answeredAtMs)
    ctx.metrics.sends.inc(sentLabel)
    onSent(undefined)
  }
  if (uploads.length === 0) return ctx.telegram.send(token, method, JSON.stringify(addressed), onOutcome)
  const uploadsEnd = AbortSignal.any([ctx.stopping, turn.uploadsEnd.signal])
  const options = { uploads, timeoutMs: uploadTimeoutMs, uploadsEnd }
  void ctx.telegram.call(token, method, addressed, options).then(onOutcome)
}

/** Whether Telegram has looked at the message, rather than asking to wait. */
function isTaken(outcome: CallOutcome<unknown>): boolean {
  return outcome.kind === 'ok' || (outcome.kind === 'refused' && outcome.code !== 429 && outcome.code < 500)
}

const sentLabel = { result: 'sent' } as const

/**
 * What most answers are is handled without a second thought: one message to one person, of which there is nothing else
 * to say. @returns the message's number; undefined where there is more to it.
 */
function messageIdOfPlain(turn: Turn, delivery: QueuedDelivery, outcome: CallOutcome<unknown>): number | undefined {
  const { call } = delivery
  const isPlain =
    delivery.kind === 'notification' &&
    !delivery.isGroup &&
    delivery.part === 0 &&
    call.isLast &&
    // What Telegram shows of it is compared with what was sent.
    call.method !== 'sendRichMessage' &&
    call.editsMessageId === undefined &&
    call.thread === undefined &&
    call.media.length === 0 &&
    !isInDoubt(turn)
  if (!isPlain || outcome.kind !== 'ok') return undefined
  const { result } = outcome
  if (typeof result !== 'object' || result === null || !('message_id' in result)) return undefined
  return typeof result.message_id === 'number' ? result.message_id : undefined
}

interface Answered {
  outcome: CallOutcome<unknown>
  answeredAtMs: number
}

/** Judges an answer, settles the delivery, and carries out what follows. */
async function handleAnswer(
  turn: Turn,
  delivery: QueuedDelivery,
  { outcome, answeredAtMs }: Answered,
): Promise<BotHalt | undefined> {
  const { ctx, lease } = turn
  const judgement = judge(delivery, outcome, { date: new Date(), monotonicMs: answeredAtMs, random: Math.random })
  const { verdict, otherwise = verdict, consequences } = judgement
  const first = await carryOutAll(turn, delivery, consequences.filter(comesFirst))
  ctx.settler.add(lease, delivery, first.isComplete ? verdict : otherwise, answeredAtMs)
  ctx.metrics.sends.inc({ result: verdict.result })
  const rest = await carryOutAll(
    turn,
    delivery,
    consequences.filter((consequence) => !comesFirst(consequence)),
  )
  return rest.halt
}

/** A consequence that fails is logged: the delivery is settled all the same. */
async function carryOutAll(
  turn: Turn,
  delivery: QueuedDelivery,
  consequences: readonly Consequence[],
): Promise<{ isComplete: boolean; halt: BotHalt | undefined }> {
  const { ctx, botId } = turn
  let halt: BotHalt | undefined
  let isComplete = true
  for (const consequence of consequences) {
    try {
      halt = (await carryOut(turn, delivery, consequence)) ?? halt
    } catch (error) {
      isComplete = false
      ctx.log.error({ err: error, botId, consequence: consequence.kind }, 'a consequence of an answer was not recorded')
    }
  }
  return { isComplete, halt }
}
