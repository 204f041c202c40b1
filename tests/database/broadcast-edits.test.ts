import { askToEditBroadcast, editBroadcastSlice, newId } from '@tellwire/db'
import { eventually } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { addTenantWithBot, countWaiting, withEngineLab } from './engine-lab.js'

test('a broadcast that two workers edit at once is edited once, to its end', async () => {
  await withEngineLab(async ({ engine, owner }) => {
    const [tenantId, botId, notificationId] = [newId(), newId(), newId()]
    const key = { tenantId, notificationId }
    await addTenantWithBot(owner, { tenantId, botId })
    await owner.query(
      `INSERT INTO notifications (tenant_id, id, target, priority) VALUES ($1, $2, '{"everyone": true}', 'bulk')`,
      [tenantId, notificationId],
    )
    await owner.query(
      'INSERT INTO broadcasts (tenant_id, notification_id, audience_at, starts_at, is_expanded) VALUES ($1, $2, now(), now(), true)',
      [tenantId, notificationId],
    )
    for (const chatId of [1, 2, 3]) {
      const connectionId = newId()
      await owner.query("INSERT INTO chats (bot_id, chat_id, type) VALUES ($1, $2, 'private')", [botId, chatId])
      await owner.query(
        "INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id) VALUES ($1, $2, 'u', $3, $4)",
        [tenantId, connectionId, botId, chatId],
      )
      await owner.query(
        `INSERT INTO deliveries (tenant_id, id, notification_id, user_id, bot_id, connection_id, chat_id, status, telegram_message_ids)
         VALUES ($1, $2, $3, 'u', $4, $5, $6, 'sent', '{7}')`,
        [tenantId, newId(), notificationId, botId, connectionId, chatId],
      )
    }
    await askToEditBroadcast(engine, key, { type: 'edit', has_new_media: false, has_new_buttons: false })
    await owner.query('BEGIN; SELECT FROM deliveries FOR UPDATE')

    const first = editBroadcastSlice(engine, key, 2)
    await eventually(async () => (await countWaiting(owner)) === 1)
    expect(await editBroadcastSlice(engine, key, 2)).toEqual({ hasMore: false, botIds: [] })
    await owner.query('COMMIT')
    expect(await first).toEqual({ hasMore: true, botIds: [botId] })

    expect(await editBroadcastSlice(engine, key, 2)).toEqual({ hasMore: true, botIds: [botId] })
    expect(await editBroadcastSlice(engine, key, 2)).toBeUndefined()
    const { rows } = await owner.query("SELECT chat_id FROM pending_deliveries WHERE kind = 'edit' ORDER BY chat_id")
    expect(rows.map(({ chat_id: chatId }: { chat_id: string }) => chatId)).toEqual(['1', '2', '3'])
  })
})
