import { setTimeout as delay } from 'node:timers/promises'
import { createSealer, makeCallbackData, webhookSecret } from '@tellwire/domain'
import { nowMs } from '../clock.js'
import type { Place } from '../lab.js'
import { quantile } from '../result.js'
import { round } from './figures.js'
import { type Scene, startLargeWorker } from './scene.js'

/** From Telegram's word of a press to the tenant's event. */
export async function measurePresses(scene: Scene): Promise<void> {
  const { large, set } = scene
  const worker = await startLargeWorker(scene)
  const { place, tenant, bots, api } = large
  const sealer = createSealer(place.secretKey)
  const posted = await fetch(`http://127.0.0.1:${api.port}/v1/notifications`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tenant.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ to: { user_id: 'u1' }, text: 'press', buttons: [[{ text: 'Go', action: 'go' }]] }),
  })
  if (!posted.ok) throw new Error(`the notification was not accepted: ${await posted.text()}`)
  const { rows } = await place.owner.query<{ id: string; bot_id: string; chat_id: string }>(
    `SELECT id, bot_id, chat_id FROM deliveries WHERE tenant_id = $1 AND user_id = 'u1' ORDER BY id DESC LIMIT 1`,
    [tenant.id],
  )
  const [delivery] = rows
  const bot = bots.find(({ id }) => id === delivery?.bot_id)
  if (!delivery || !bot) throw new Error('no delivery')
  const data = makeCallbackData(sealer, delivery.id, { index: 0, action: 'go', value: undefined })
  const from = { id: Number(delivery.chat_id), is_bot: false, first_name: 'Ada' }
  const times: number[] = []
  for (let press = 0; press < 30; press++) {
    const update = {
      update_id: 1_000 + press,
      callback_query: { id: String(press), from, chat_instance: '1', data },
    }
    const beganMs = nowMs()
    await fetch(`http://127.0.0.1:${api.port}/telegram/${bot.telegramId}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-telegram-bot-api-secret-token': webhookSecret(sealer, BigInt(bot.telegramId), 0),
      },
      body: JSON.stringify(update),
    })
    while ((await countPresses(place, tenant.id)) <= press) await delay(2)
    times.push(nowMs() - beganMs)
  }
  await worker.stop()
  set('press_to_event_ms_p95', { ours: round(quantile(times.slice(5), 0.95)), unit: 'ms', n: 25 }, { max: 300 })
}

async function countPresses(place: Place, tenantId: string): Promise<number> {
  const { rows } = await place.owner.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM events
     WHERE tenant_id = $1 AND id > uuid_v7_floor(now() - interval '10 minutes') AND type = 'button.pressed'`,
    [tenantId],
  )
  return rows[0]?.count ?? 0
}
