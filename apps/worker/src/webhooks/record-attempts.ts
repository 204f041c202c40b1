import { setTimeout as delay } from 'node:timers/promises'
import { type Pool, settleFailedWebhooks, settleTakenWebhooks, type WebhookAttemptToSettle } from '@tellwire/db'
import type { Logger } from '@tellwire/observability'
import { createBatcher } from '../lane/batcher.js'

const recordedAtOnce = 500
const againAfterMs = 500
/** Its owner is done with an endpoint after fewer. */
const triesMax = 10

/**
 * Records an attempt. What cannot be recorded stays known, and is tried again: it would be made again.
 * @returns whether it is recorded; false where it was given up.
 */
export type AttemptRecorder = (attempt: WebhookAttemptToSettle) => Promise<boolean>

/** @param mayGiveUp whether somebody else decides about what is not recorded yet. */
export function createAttemptRecorder(
  { engine, log }: { engine: Pool; log: Logger },
  mayGiveUp: () => boolean,
): AttemptRecorder {
  const recordIn = (settle: typeof settleTakenWebhooks) =>
    createBatcher({
      countMax: recordedAtOnce,
      run: async (attempts: readonly WebhookAttemptToSettle[]) => {
        const busy = await settle(engine, attempts)
        return attempts.map(({ endpointId }) => !busy.has(endpointId))
      },
    })
  // One statement each: what fails of the one kind is no reason to write the other again.
  const [recordTaken, recordFailed] = [recordIn(settleTakenWebhooks), recordIn(settleFailedWebhooks)]

  return async (attempt) => {
    for (let tries = 1; ; tries++) {
      try {
        if (await (attempt.outcome === 'taken' ? recordTaken : recordFailed)(attempt)) return true
        if (tries >= triesMax && mayGiveUp()) return false
      } catch (error) {
        log.warn({ err: error }, 'what became of a webhook was not recorded')
        if (mayGiveUp()) return false
      }
      await delay(againAfterMs)
    }
  }
}
