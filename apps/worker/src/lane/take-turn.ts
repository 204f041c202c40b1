/**
 * A turn: one worker draining one bot's lane for a while.
 *
 * It claims as many heads as it has permits, sends them at once and concurrently, and settles the answers
 * in batches. What is claimed is on its way: nothing that is marked as in flight waits for a permit. A turn
 * goes on while something is due within about a second, then writes down when the next thing is due and
 * lets go. It ends at once when its lease ends, when the process stops, or when Telegram refuses the bot.
 */
import { type Claim, claimDeliveries, type ClaimedDelivery, laneStart, type LaneCursor } from '@tellwire/db'
import { unsealBotToken } from '@tellwire/domain'
import type { Permits } from '@tellwire/telegram'
import type { WorkerContext } from '../context.js'
import { composeMessage } from './compose-message.js'
import { type Decision, decide, failUnsent } from './decide.js'
import { createFloodWatch } from './flood-watch.js'
import { createUnknownPermits } from './lane-memory.js'
import { acquireLease, type Lease } from './lease.js'
import { noteBotHealth, noteChatEnded } from './note-consequences.js'
import { createSettler, type Settler } from './settler.js'
import { createSignal } from './signal.js'

/** A turn that has more to do lets go after this long, so that other lanes get their place. */
const turnMaxMs = 10_000
/** What is due later than this is left to the sweep. */
const keepForMs = 1_200
/** What was accepted while the turn waits for a chat is seen this soon. */
const lookAgainMs = 100
/** The sweep looks at a lane in which something waits at least this often, whatever its next due time. */
const lookAtLeastEveryMs = 5_000
/** How long a bot that Telegram refuses is left alone. */
const botPauseMs = 60_000
const permitReturnMs = 1_000

interface Turn {
  ctx: WorkerContext
  botId: string
  lease: Lease
  token: string
  permits: Permits
  settler: Settler
  /** Fires whenever an answer came in. */
  answered: ReturnType<typeof createSignal>
  calls: Set<Promise<void>>
  cursors: LaneCursor[]
  /** What was seen since something was last taken. */
  pass: Pass
  /** Set when the whole bot has to wait. */
  pauseMs: number | undefined
  floods: ReturnType<typeof createFloodWatch>
}

/** A look at every head of the lane, in as many claims as it takes. */
interface Pass {
  hasReachedEnd: boolean[]
  dueInMs: number
}

/** @returns whether the lane has more to do right away. */
export async function takeTurn(ctx: WorkerContext, botId: string): Promise<boolean> {
  const lease = await acquireLease(ctx.engine, botId)
  if (!lease) return false

  const turn = beginTurn(ctx, botId, lease)
  let nextDueInMs: number | undefined = 0
  try {
    nextDueInMs = await drain(turn)
  } catch (error) {
    ctx.log.warn({ err: error, botId }, 'turn failed')
  }
  await Promise.all(turn.calls)
  await turn.settler.drained()

  const nowMs = performance.now()
  turn.permits.forget(nowMs)
  ctx.lanes.keep(botId, lease.grant.epoch, turn.permits)
  await lease.release({
    nextDueInMs: nextDueInMs === undefined ? undefined : Math.min(nextDueInMs, lookAtLeastEveryMs),
    permitsFreeInMs: turn.permits.spentUntil(nowMs) - nowMs,
    pauseMs: turn.pauseMs,
  })
  return nextDueInMs === 0 && turn.pauseMs === undefined
}

function beginTurn(ctx: WorkerContext, botId: string, lease: Lease): Turn {
  const { grant } = lease
  const nowMs = performance.now()
  const spentForMs = grant.wasAbandoned ? permitReturnMs : grant.permitsFreeInMs
  return {
    ctx,
    botId,
    lease,
    token: unsealBotToken(ctx.sealer, grant.telegramId, grant.tokenSealed),
    permits: ctx.lanes.recall(botId, grant.epoch) ?? createUnknownPermits(grant.rate, nowMs + spentForMs),
    settler: createSettler(ctx, lease),
    answered: createSignal(),
    calls: new Set(),
    cursors: [laneStart, laneStart, laneStart],
    pass: newPass(),
    pauseMs: undefined,
    floods: createFloodWatch(),
  }
}

/** @returns in how many milliseconds something is due; undefined when nothing waits. */
async function drain(turn: Turn): Promise<number | undefined> {
  const { ctx, lease, permits } = turn
  const endsAtMs = performance.now() + turnMaxMs
  while (lease.isHeld() && !ctx.stopping.aborted && turn.pauseMs === undefined) {
    const nowMs = performance.now()
    if (nowMs > endsAtMs) return 0
    const free = permits.free(nowMs)
    if (free <= 0) {
      await turn.answered.wait(Math.min(permits.freeAt(nowMs) - nowMs, lookAgainMs))
      continue
    }

    const claim = await claimDeliveries(ctx.engine, {
      botId: turn.botId,
      turnId: lease.turnId,
      countMax: free,
      busyChats: permits.busyChats(nowMs),
      cursors: turn.cursors,
    })
    turn.cursors = claim.cursors
    for (const delivery of claim.deliveries) begin(turn, delivery)
    if (!isPassComplete(turn, claim)) continue

    const { dueInMs } = turn.pass
    turn.pass = newPass()
    if (turn.calls.size === 0 && dueInMs > keepForMs) return Number.isFinite(dueInMs) ? dueInMs : undefined
    await turn.answered.wait(Math.min(dueInMs, lookAgainMs))
  }
  return 0
}

function newPass(): Pass {
  return { hasReachedEnd: [false, false, false], dueInMs: Infinity }
}

/** Whether the whole lane was seen without finding anything to take. */
function isPassComplete(turn: Turn, claim: Claim): boolean {
  if (claim.deliveries.length > 0) {
    turn.pass = newPass()
    return false
  }
  const { pass, permits } = turn
  const nowMs = performance.now()
  const chatTimes = claim.waitingChats.map((chatId) => Math.max(1, permits.chatFreeAt(chatId, nowMs) - nowMs))
  pass.dueInMs = Math.min(pass.dueInMs, claim.nextDueInMs ?? Infinity, ...chatTimes)
  pass.hasReachedEnd = pass.hasReachedEnd.map((hasReached, priority) => hasReached || claim.isAtEnd[priority] === true)
  return pass.hasReachedEnd.every(Boolean)
}

function begin(turn: Turn, delivery: ClaimedDelivery): void {
  const { permits, settler, lease } = turn
  const { chatId, isGroup, connectionStatus } = delivery
  const nowMs = performance.now()
  const kind = isGroup ? 'group' : 'private'

  if (connectionStatus !== null && connectionStatus !== 'active') {
    settler.add({ ...failUnsent(delivery, 'recipient', `recipient_${connectionStatus}`), answeredAtMs: undefined })
    return
  }
  if (!lease.isHeld()) return
  const sentAtMs = delivery.lastSendAgesMs.map((ageMs) => nowMs - ageMs)
  // The turn that died may have sent this very row a moment before.
  permits.recall(chatId, kind, delivery.wasInFlight ? [...sentAtMs, nowMs - permitReturnMs] : sentAtMs)
  permits.start(chatId, kind)
  const call = send(turn, delivery).finally(() => {
    turn.calls.delete(call)
    turn.answered.fire()
  })
  turn.calls.add(call)
}

async function send(turn: Turn, delivery: ClaimedDelivery): Promise<void> {
  const { ctx, token, permits, settler } = turn
  const outcome = await ctx.telegram.call(token, 'sendMessage', composeMessage(delivery))
  const answeredAtMs = performance.now()
  permits.answered(delivery.chatId, answeredAtMs)
  const decision = decide(delivery, outcome)
  settler.add({ ...decision.settlement, answeredAtMs })
  await act(turn, delivery, decision)
}

/** What an answer means beyond its delivery. A failure here is logged: the delivery is settled all the same. */
async function act(turn: Turn, delivery: ClaimedDelivery, decision: Decision): Promise<void> {
  const { ctx, botId, floods, lease } = turn
  try {
    if (decision.floodMs !== undefined) {
      ctx.log.warn({ botId, chatId: delivery.chatId, retryAfterMs: decision.floodMs }, 'telegram rate limit')
      turn.pauseMs = floods.note(delivery.chatId, decision.floodMs) ?? turn.pauseMs
    }
    if (decision.botProblem) {
      turn.pauseMs = botPauseMs
      await noteBotHealth(ctx, botId, decision.botProblem)
    } else if (lease.grant.botStatus !== 'active' && decision.settlement.result === 'sent') {
      lease.grant.botStatus = 'active'
      await noteBotHealth(ctx, botId, undefined)
    }
    if (decision.endsChat) await noteChatEnded(ctx, botId, BigInt(delivery.chatId), decision.endsChat)
  } catch (error) {
    ctx.log.error({ err: error, botId }, 'a consequence of an answer was not recorded')
  }
}
