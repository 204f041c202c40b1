import { setTimeout as delay } from 'node:timers/promises'
import { advancePoller, lookAtBotNow, type PollerGrant } from '@tellwire/db'
import { receiveUpdates, unsealBotToken } from '@tellwire/domain'
import { classifyOutcome, subscribedUpdates } from '@tellwire/telegram'
import type { WorkerContext } from '../context.js'

const longPollSeconds = 25
/** Telegram waits for news before it says that there is none. Whoever does not, such as a proxy, is not asked without end. */
const emptyEveryMs = 1_000
const failurePausesMs = [3_000, 6_000, 12_000, 30_000, 60_000]

type ReadingContext = Pick<WorkerContext, 'pollingApi' | 'sealer' | 'log' | 'engine' | 'waker'>

/** Reads a bot's updates, and stores them, until it is told to end or may not be read any more. */
export async function readBot(
  ctx: ReadingContext,
  workerId: string,
  grant: PollerGrant,
  signal: AbortSignal,
): Promise<void> {
  const { botId } = grant
  const token = unsealBotToken(ctx.sealer, grant)
  let offset = grant.nextUpdateId
  let failures = 0
  const failurePauseMs = (): number => failurePausesMs[Math.min(failures++, failurePausesMs.length - 1)] ?? 0

  while (!signal.aborted) {
    const askedAtMs = performance.now()
    try {
      const outcome = await ctx.pollingApi.call(
        token,
        'getUpdates',
        { offset, timeout: longPollSeconds, allowed_updates: subscribedUpdates },
        { timeoutMs: (longPollSeconds + 15) * 1_000, signal },
      )
      if (outcome.kind !== 'ok') {
        if (signal.aborted) return
        const meaning = classifyOutcome(outcome)
        ctx.log.warn({ botId, outcome: meaning }, 'reading updates failed')
        // A webhook that somebody has set, perhaps.
        if (meaning.class === 'bot' && meaning.code === 'bot_conflict') await lookAtBotNow(ctx.engine, botId)
        await pause(meaning.class === 'flood' ? meaning.retryAfterSeconds * 1_000 : failurePauseMs(), signal)
        continue
      }
      failures = 0
      const last = outcome.result.at(-1)
      if (!last) {
        await pause(askedAtMs + emptyEveryMs - performance.now(), signal)
        continue
      }
      await receiveUpdates(ctx, botId, outcome.result)
      // Telegram forgets what is below the next offset, so it moves only when the updates are on disk.
      offset = last.update_id + 1
      await advancePoller(ctx.engine, workerId, { botId, nextUpdateId: offset })
    } catch (error) {
      ctx.log.warn({ err: error, botId }, 'storing updates failed')
      await pause(failurePauseMs(), signal)
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await delay(ms, undefined, { signal }).catch(() => undefined)
}
