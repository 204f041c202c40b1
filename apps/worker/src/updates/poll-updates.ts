import { acquirePollers, advancePoller, newId, type PollerGrant, releasePollers, renewPollers } from '@tellwire/db'
import { receiveUpdates, unsealBotToken } from '@tellwire/domain'
import { classifyOutcome, subscribedUpdates } from '@tellwire/telegram'
import { setTimeout as delay } from 'node:timers/promises'
import type { WorkerContext } from '../context.js'
import { every } from '../every.js'

const superviseEveryMs = 1_000
const grantsAtOnce = 100
const longPollSeconds = 25
const failurePauseMs = 3_000

export interface UpdatePolling {
  stop(): Promise<void>
}

/**
 * Reads the updates of bots that have no webhook. Each bot is read by one worker at a time: Telegram ends
 * the older of two long polls. A bot whose reader died is taken over when its lease is over.
 */
export function startPolling(ctx: WorkerContext): UpdatePolling {
  const holderId = newId()
  const readers = new Map<string, { controller: AbortController; done: Promise<void> }>()

  const start = (grant: PollerGrant): void => {
    const controller = new AbortController()
    const done = readBot(ctx, grant, controller.signal)
      .then(() => releasePollers(ctx.engine, holderId, grant.botId))
      .catch((error: unknown) => ctx.log.error({ err: error, botId: grant.botId }, 'reading updates ended'))
      .finally(() => readers.delete(grant.botId))
    readers.set(grant.botId, { controller, done })
  }

  const supervision = every(superviseEveryMs, ctx, 'poll supervision', async () => {
    const held = await renewPollers(ctx.engine, holderId)
    for (const [botId, { controller }] of readers) if (!held.has(botId)) controller.abort()
    for (const grant of await acquirePollers(ctx.engine, holderId, grantsAtOnce))
      if (!readers.has(grant.botId)) start(grant)
  })

  return {
    async stop() {
      await supervision.stop()
      for (const { controller } of readers.values()) controller.abort()
      await Promise.all([...readers.values()].map(({ done }) => done))
      await releasePollers(ctx.engine, holderId)
    },
  }
}

async function readBot(ctx: WorkerContext, grant: PollerGrant, signal: AbortSignal): Promise<void> {
  const { botId } = grant
  const token = unsealBotToken(ctx.sealer, grant.telegramId, grant.tokenSealed)
  let offset = grant.nextUpdateId

  while (!signal.aborted) {
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
        await pause(meaning.class === 'flood' ? meaning.retryAfterSeconds * 1_000 : failurePauseMs, signal)
        continue
      }
      const last = outcome.result.at(-1)
      if (!last) continue
      await receiveUpdates(ctx, botId, outcome.result)
      // Telegram forgets what is below the next offset, so it moves only when the updates are on disk.
      offset = last.update_id + 1
      await advancePoller(ctx.engine, botId, offset)
    } catch (error) {
      ctx.log.warn({ err: error, botId }, 'storing updates failed')
      await pause(failurePauseMs, signal)
    }
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined)
}
