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
const gone = 410

export interface WebhookJudgement {
  outcome: 'taken' | 'failed' | 'given_up'
  retryInMs: number | undefined
  /** The endpoint says that it is no more. */
  isGone: boolean
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
    return { outcome: 'taken', retryInMs: undefined, isGone: false }
  const isGone = status === gone
  const seconds = retriesAfterSeconds[attempts]
  if (isGone || seconds === undefined) return { outcome: 'given_up', retryInMs: undefined, isGone }
  const withJitter = seconds * (1 + random * 0.2)
  return {
    outcome: 'failed',
    retryInMs: Math.max(withJitter, Math.min(retryAfterSeconds, retryAfterMax)) * 1_000,
    isGone,
  }
}
