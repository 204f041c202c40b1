import { expect, test } from 'vitest'
import { judgeWebhookAnswer } from './judge-webhook-answer.js'

test.each([
  [200, 0, undefined, { outcome: 'taken' }],
  [204, 3, undefined, { outcome: 'taken' }],
  [302, 0, undefined, { outcome: 'failed', retryInMs: 5_000 }],
  [500, 0, undefined, { outcome: 'failed', retryInMs: 5_000, pauseMs: 0 }],
  [undefined, 1, undefined, { outcome: 'failed', retryInMs: 300_000 }],
  [500, 8, undefined, { outcome: 'failed', retryInMs: 86_400_000 }],
  [500, 9, undefined, { outcome: 'given_up', isGone: false }],
  [429, 0, 120, { outcome: 'failed', retryInMs: 120_000, pauseMs: 60_000 }],
  [503, 1, 10, { outcome: 'failed', retryInMs: 300_000, pauseMs: 10_000 }],
  [503, 0, 1e9, { outcome: 'failed', retryInMs: 86_400_000 }],
  [410, 0, undefined, { outcome: 'given_up', isGone: true }],
] as const)('%s after %s attempts, with Retry-After %s', (status, attempts, retryAfterSeconds, expected) => {
  expect(judgeWebhookAnswer({ status, retryAfterSeconds }, attempts, 0)).toMatchObject(expected)
})

test('those that failed together come back apart', () => {
  expect(judgeWebhookAnswer({ status: 500, retryAfterSeconds: undefined }, 1, 1).retryInMs).toBe(360_000)
})
