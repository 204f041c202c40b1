import { connectDatabase, inTransaction, newId } from '@tellwire/db'
import { createSealer, hashConnectCode, runNow, type SystemScope, useConnectLink } from '@tellwire/domain'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { findCodeRefusal, recordCodeMiss } from '../../apps/worker/src/updates/code-misses.js'
import type { UpdateScope } from '../../apps/worker/src/updates/scope.js'
import { addTenantWithBot } from '../../apps/worker/test/tenant-with-bot.js'

const nobody = {
  wake: () => undefined,
  handOver: async () => true,
  tell: () => undefined,
  close: async () => undefined,
}

test('of thousands of guesses from hundreds of chats few are looked at, and none after the bot has had enough', async () => {
  const { engineUrl: url } = await createTestDatabase()
  const db = connectDatabase({ url, poolMax: 4 })
  const sealer = createSealer(Buffer.alloc(32, 1).toString('base64'))
  const { tenantId, botId } = await addTenantWithBot(db)
  await db.connectLink.create({
    data: {
      tenantId,
      id: newId(),
      tokenHash: new Uint8Array(32),
      codeHash: hashConnectCode(sealer, 'CCCC2222')[0],
      userId: 'u',
      botId,
      chat: 'private',
      expiresAt: new Date(Date.now() + 900_000),
    },
  })
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
  const scope: SystemScope & Omit<UpdateScope, keyof SystemScope> = {
    db,
    botId,
    sealer,
    log,
    waker: nobody,
    actor: { type: 'system', id: 'updates' },
    afterCommit: runNow,
    isAdministrator: () => false,
    answerPress: () => undefined,
  }
  const guess = (chatId: number, code: string): Promise<string> =>
    inTransaction(scope, async (scope) => {
      const refusal = await findCodeRefusal(scope, chatId)
      if (refusal) return refusal.why
      const chat = { id: chatId, type: 'private', first_name: 'x' } as const
      const from = undefined
      const { use } = await useConnectLink(scope, {
        botId,
        chat,
        from,
        key: { code },
        forumTopic: undefined,
        speaksForChat: () => true,
      })
      if (use === 'unknown') await recordCodeMiss(scope, chatId)
      return use
    })
  const guesses = Array.from({ length: 4_000 }, (_, index) => ({ chatId: 1 + (index % 800), code: 'DDDD3333' }))
  const outcomes = new Map<string, number>()
  const queue = guesses.values()
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      for (const { chatId, code } of queue) {
        const outcome = await guess(chatId, code)
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
      }
    }),
  )

  expect(outcomes.get('unknown')).toBeGreaterThanOrEqual(1_000)
  // Some were under way when the bot had had enough.
  expect(outcomes.get('unknown')).toBeLessThanOrEqual(1_010)
  expect(await guess(1, 'CCCC2222')).toBe('codes_paused')
  await db.codeMiss.deleteMany({ where: { chatId: 0n } })
  for (let misses = 0; misses < 5; misses++) await guess(99_999, 'DDDD3333')
  expect(await guess(99_999, 'CCCC2222')).toBe('too_many_tries')
  await db.$disconnect()
})
