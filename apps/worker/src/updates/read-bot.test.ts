import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { newId } from '@tellwire/db'
import { createSealer, sealBotToken } from '@tellwire/domain'
import { createLogger } from '@tellwire/observability'
import { expect, test, vi } from 'vitest'
import type { WorkerContext } from '../context.js'
import { readBot } from './read-bot.js'

test('a server that says at once that there is nothing is not asked without end', async () => {
  const sealer = createSealer(randomBytes(32).toString('base64'))
  const bot = { tenantId: null, telegramId: 1n }
  const call = vi.fn<() => Promise<unknown>>(async () => ({ kind: 'ok', result: [] }))
  const ctx = { sealer, pollingApi: { call }, log: createLogger('test', 'silent') } as unknown as WorkerContext
  const reading = new AbortController()
  const ended = readBot(
    ctx,
    newId(),
    {
      ...bot,
      botId: newId(),
      tokenSealed: Buffer.from(sealBotToken(sealer, bot, '1:a')),
      tokenVersion: 1,
      nextUpdateId: 0,
    },
    reading.signal,
  )

  await delay(2_500)
  reading.abort()
  await ended

  expect(call.mock.calls.length).toBeGreaterThan(0)
  expect(call.mock.calls.length).toBeLessThan(5)
})
