import { BudgetExceeded } from '@tellwire/domain'
import { createLogger } from '@tellwire/observability'
import { expect, test } from 'vitest'
import { aNotification } from '../../test/deliveries.js'
import type { Verdict } from '../outcome/verdict.js'
import { enqueue } from './enqueue.js'
import type { Turn } from './turn.js'

/** What becomes of a delivery whose message cannot be prepared. */
async function verdictOf(error: Error, attempts: number): Promise<Verdict | undefined> {
  const verdicts: Verdict[] = []
  const ctx = {
    log: createLogger('test', 'silent'),
    settler: { add: (_lease: unknown, _delivery: unknown, verdict: Verdict) => verdicts.push(verdict) },
    preparer: { prepare: () => Promise.reject(error) },
  }
  const turn = { ctx, botId: 'bot', lease: { terms: { isShared: false } }, uploads: new Map() } as unknown as Turn
  await enqueue(turn, aNotification({ attempts }), 0)
  return verdicts[0]
}

test.each([0, 1, 3])('a message that took more than it may is tried again after %i tries', async (attempts) => {
  expect(await verdictOf(new BudgetExceeded('too much'), attempts)).toMatchObject({ result: 'retry' })
})

test('a message that takes more than it may each time fails, and one that cannot be made fails at once', async () => {
  const failed = { result: 'failed', failure: { code: 'not_preparable' } }

  expect(await verdictOf(new BudgetExceeded('too much'), 4)).toMatchObject(failed)
  expect(await verdictOf(new TypeError('no message'), 0)).toMatchObject(failed)
})
