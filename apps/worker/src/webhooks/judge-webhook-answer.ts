import type { WebhookAnswer } from './post-webhook.js'

const minutes = 60
const hours = 3_600
/** In how many seconds each next attempt follows. */
const retriesAfterSeconds = [
  5,
  5 * minutes,
  30 * minutes,
  2 * hours,
  5 * hours,
  10 * hours,
  14 * hours,
  20 * hours,
  24 * hours,
]
const retryAfterMax = 24 * hours
/** It is asked again after so long, by whatever is due then: what it said may not hold for as long as it said. */
const pauseMaxMs = 60_000
const gone = 410

export interface WebhookJudgement {
  outcome: 'taken' | 'failed' | 'given_up'
  retryInMs: number | undefined
  /** The endpoint says that it is no more. */
  isGone: boolean
  /** How long the endpoint wants nothing at all. */
  pauseMs: number
}

/**
 * Judges an attempt: any 2xx has taken it. What fails is tried again, later each time, and not before the endpoint has said.
 * @param attempts how many were made before. @param random from 0 to 1: many that failed together come back apart.
 */
export function judgeWebhookAnswer(
  { status, retryAfterSeconds = 0 }: Pick<WebhookAnswer, 'status' | 'retryAfterSeconds'>,
  attempts: number,
  random: number,
): WebhookJudgement {
  if (status !== undefined && status >= 200 && status < 300)
    return { outcome: 'taken', retryInMs: undefined, isGone: false, pauseMs: 0 }
  const isGone = status === gone
  const seconds = retriesAfterSeconds[attempts]
  const pauseMs = Math.min(retryAfterSeconds * 1_000, pauseMaxMs)
  if (isGone || seconds === undefined) return { outcome: 'given_up', retryInMs: undefined, isGone, pauseMs }
  const withJitter = seconds * (1 + random * 0.2)
  return {
    outcome: 'failed',
    retryInMs: Math.max(withJitter, Math.min(retryAfterSeconds, retryAfterMax)) * 1_000,
    isGone,
    pauseMs,
  }
}
