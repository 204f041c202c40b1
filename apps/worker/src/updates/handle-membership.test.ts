import { connectDatabase, type Database, inTransaction, newId } from '@tellwire/db'
import { botRemoved, endConnections, runNow } from '@tellwire/domain'
import type { ChatMemberUpdated } from '@tellwire/telegram'
import { createTestDatabase } from '@tellwire/testing'
import { expect, test as base } from 'vitest'
import { addTenantWithBot } from '../../test/tenant-with-bot.js'
import { handleMembership } from './handle-membership.js'
import { handleMessage } from './handle-message.js'
import type { UpdateScope } from './scope.js'

const chatId = -100_42
const chat = { id: chatId, type: 'supergroup', title: 'The team' } as const
const from = { id: 7, is_bot: false, first_name: 'Ada' }
const bot = { id: 1, is_bot: true, first_name: 'Bot' }
const addedAt = (date: number) =>
  ({
    chat,
    from,
    date,
    old_chat_member: { status: 'left', user: bot },
    new_chat_member: { status: 'member', user: bot },
  }) as ChatMemberUpdated

interface Group {
  /** Does something in a transaction, as a worker does for an update. */
  handle: (what: (scope: UpdateScope) => Promise<unknown>) => Promise<void>
  status: () => Promise<string | undefined>
  tenantId: string
}

/** A group whose bot was removed, which one tenant had connected. */
const test = base.extend<{ group: Group }>({
  group: async ({}, use) => {
    const { engineUrl } = await createTestDatabase()
    const db: Database = connectDatabase({ url: engineUrl, poolMax: 2 })
    const { tenantId, botId } = await addTenantWithBot(db)
    const where = { botId, chatId: BigInt(chatId) }
    await db.chat.create({ data: { ...where, type: 'supergroup', membershipAt: new Date(90_000) } })
    const ended = { status: 'gone', endedReason: botRemoved, endedAt: new Date() }
    await db.connection.create({ data: { tenantId, id: newId(), userId: 'u', ...where, ...ended } })
    const scope = { db, botId, afterCommit: runNow, waker: { wake: () => undefined, tell: () => undefined } }
    await use({
      tenantId,
      // What is handled here asks for no more of a scope.
      handle: (what) => inTransaction(scope, async (scope) => void (await what(scope as unknown as UpdateScope))),
      status: async () => (await db.connection.findFirst({ where }))?.status,
    })
    await db.$disconnect()
  },
})

test('what is said in a group later is no news of whether the bot is in it', async ({ group: { handle, status } }) => {
  await handle((scope) => handleMessage(scope, { chat, from, date: 101, message_id: 5, text: 'hello' }))
  await handle((scope) => handleMembership(scope, addedAt(100)))

  expect(await status()).toBe('active')
})

test('who was disconnected after the bot was removed does not come back with it', async ({
  group: { handle, status, tenantId },
}) => {
  await handle((scope) => endConnections(scope, { tenantId }, { status: 'gone', reason: 'app_disconnected' }))
  await handle((scope) => handleMembership(scope, addedAt(100)))

  expect(await status()).toBe('gone')
})
