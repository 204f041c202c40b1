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
import type { WorkerContext } from '../context.js'
import { composeMessage } from './compose-message.js'
import { type Decision, decide, failUnsent } from './decide.js'
import { createLaneState, type LaneState } from './lane-memory.js'
import { acquireLease, type Lease } from './lease.js'
import { noteBotHealth, noteChatEnded } from './note-consequences.js'
import { createSettler, type Settler } from './settler.js'
import { createSignal, type Signal } from './signal.js'

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
/** Between two claims of a pass that has found nothing yet. */
const lookOnMs = 5

/** A turn that is over waits for its open calls; one with a call that hangs goes on instead. */
const callHangsAfterMs = 1_000

interface Turn extends LaneState {
  ctx: WorkerContext
  botId: string
  lease: Lease
  token: string
  settler: Settler
  /** Fires whenever an answer came in. */
  answered: Signal
  /** The calls that were not answered yet, and when they began. */
  calls: Map<Promise<void>, number>
  /** What was seen since something was last taken. */
  pass: Pass
  /** Set when the whole bot has to wait. */
  pauseMs: number | undefined
}

/** A look at every head of the lane from its start to its end, in as many claims as it takes. */
interface Pass {
  hasSeenStart: boolean[]
  hasSeenEnd: boolean[]
  dueInMs: number
}

/** @returns whether the lane has more to do right away. */
export async function takeTurn(ctx: WorkerContext, botId: string): Promise<boolean> {
  const lease = await acquireLease(ctx.engine, botId)
  if (!lease) return false
  let nextDueInMs: number | undefined = 0
  let turn: Turn | undefined
  try {
    turn = beginTurn(ctx, botId, lease)
    nextDueInMs = await drain(turn)
  } catch (error) {
    ctx.log.error({ err: error, botId }, 'turn failed')
  } finally {
    await endTurn(ctx, botId, lease, turn, nextDueInMs)
  }
  return turn !== undefined && nextDueInMs === 0 && turn.pauseMs === undefined
}

function beginTurn(ctx: WorkerContext, botId: string, lease: Lease): Turn {
  const { grant } = lease
  const spentForMs = grant.wasAbandoned ? permitReturnMs : grant.permitsFreeInMs
  const state = ctx.lanes.recall(botId, grant.epoch) ?? createLaneState(grant.rate, performance.now() + spentForMs)
  return {
    ...state,
    ctx,
    botId,
    lease,
    token: unsealBotToken(ctx.sealer, grant.telegramId, grant.tokenSealed),
    settler: createSettler(ctx, lease),
    answered: createSignal(),
    calls: new Map(),
    pass: newPass(state.cursors),
    pauseMs: undefined,
  }
}

/** Lets the open calls end and be settled, and the lane go. */
async function endTurn(
  ctx: WorkerContext,
  botId: string,
  lease: Lease,
  turn: Turn | undefined,
  nextDueInMs: number | undefined,
): Promise<void> {
  if (!turn) {
    // It cannot even begin: its bot's token cannot be read here.
    await lease.release({ nextDueInMs: lookAtLeastEveryMs, permitsFreeInMs: permitReturnMs, pauseMs: botPauseMs })
    return
  }
  await Promise.all(turn.calls.keys())
  await turn.settler.drained()
  const nowMs = performance.now()
  const { permits, cursors, floods } = turn
  permits.forget(nowMs)
  ctx.lanes.keep(botId, lease.grant.epoch, { permits, cursors, floods })
  await lease.release({
    nextDueInMs: nextDueInMs === undefined ? undefined : Math.min(nextDueInMs, lookAtLeastEveryMs),
    permitsFreeInMs: permits.spentUntil(nowMs) - nowMs,
    pauseMs: turn.pauseMs,
  })
}

/** @returns in how many milliseconds something is due; undefined when nothing waits. */
async function drain(turn: Turn): Promise<number | undefined> {
  const { ctx, lease, permits } = turn
  const endsAtMs = performance.now() + turnMaxMs
  while (lease.isHeld() && !ctx.stopping.aborted && turn.pauseMs === undefined) {
    const nowMs = performance.now()
    if (nowMs > endsAtMs && !hasHangingCall(turn, nowMs)) return 0
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
    if (claim.deliveries.length > 0) turn.pass = newPass(turn.cursors)
    else if (!isPassComplete(turn, claim)) await turn.answered.wait(lookOnMs)
    else {
      const { dueInMs } = turn.pass
      turn.pass = newPass(turn.cursors)
      if (turn.calls.size === 0 && dueInMs > keepForMs) return Number.isFinite(dueInMs) ? dueInMs : undefined
      await turn.answered.wait(Math.min(dueInMs, lookAgainMs))
    }
  }
  return 0
}

function hasHangingCall({ calls }: Turn, nowMs: number): boolean {
  return [...calls.values()].some((beganAtMs) => nowMs - beganAtMs > callHangsAfterMs)
}

function newPass(cursors: LaneCursor[]): Pass {
  return {
    hasSeenStart: cursors.map((cursor) => cursor.chatId === laneStart.chatId),
    hasSeenEnd: cursors.map(() => false),
    dueInMs: Infinity,
  }
}

/** Takes account of a claim that took nothing. @returns whether the whole lane was seen by now. */
function isPassComplete({ pass, permits }: Turn, claim: Claim): boolean {
  const nowMs = performance.now()
  const chatTimes = claim.waitingChats.map((chatId) => Math.max(1, permits.chatFreeAt(chatId, nowMs) - nowMs))
  pass.dueInMs = Math.min(pass.dueInMs, claim.nextDueInMs ?? Infinity, ...chatTimes)
  for (const [priority, isAtEnd] of claim.isAtEnd.entries()) {
    if (!isAtEnd) continue
    // A scan that began in the middle goes on at the start.
    if (pass.hasSeenStart[priority]) pass.hasSeenEnd[priority] = true
    pass.hasSeenStart[priority] = true
  }
  return pass.hasSeenEnd.every(Boolean)
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
  turn.calls.set(call, nowMs)
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
      pauseBot(turn, floods.note(delivery.chatId, decision.floodMs))
    }
    if (decision.botProblem) {
      pauseBot(turn, botPauseMs)
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

function pauseBot(turn: Turn, ms: number | undefined): void {
  if (ms !== undefined) turn.pauseMs = Math.max(turn.pauseMs ?? 0, ms)
}
