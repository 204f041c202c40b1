/** A pg-boss worker with a job for each notification, which sends with `undici` and stores what became of it. */
import { connectDatabase } from '@tellwire/db'
import PgBoss from 'pg-boss'
import { Pool } from 'undici'

interface Job {
  tenantId: string
  deliveryId: string
  token: string
}

const concurrency = 64
const boss = new PgBoss({ connectionString: process.env['OWNER_URL'] ?? '', max: 10 })
boss.on('error', () => undefined)
const db = connectDatabase({ url: process.env['DATABASE_ENGINE_URL'] ?? '', poolMax: 20 })
const pool = new Pool(process.env['TELEGRAM_API_ROOT'] ?? '', { connections: concurrency })
await boss.start()
await boss.createQueue('send')

async function deliver({ tenantId, deliveryId: id, token }: Job): Promise<void> {
  const delivery = await db.delivery.findUniqueOrThrow({
    where: { tenantId_id: { tenantId, id } },
    include: { notification: { include: { content: true } } },
  })
  const { body } = await pool.request({
    method: 'POST',
    path: `/bot${token}/sendMessage`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ chat_id: Number(delivery.chatId), text: delivery.notification.content?.text }),
  })
  const answer = (await body.json()) as { result: { message_id: number } }
  await db.delivery.update({
    where: { tenantId_id: { tenantId, id } },
    data: { status: 'sent', attempts: 1, sentAt: new Date(), telegramMessageIds: [BigInt(answer.result.message_id)] },
  })
}

process.on('message', (order: { type: 'fill'; tokens: Record<string, string> } | { type: 'run' }) => {
  void (async () => {
    if (order.type === 'run') {
      await boss.work<Job>('send', { batchSize: concurrency, pollingIntervalSeconds: 0.5 }, async (jobs) => {
        await Promise.all(jobs.map(({ data }) => deliver(data)))
      })
      return
    }
    const deliveries = await db.delivery.findMany({ where: { status: 'queued' } })
    for (let first = 0; first < deliveries.length; first += 5_000) {
      await boss.insert(
        deliveries.slice(first, first + 5_000).map(({ tenantId, id, botId }) => ({
          name: 'send',
          data: { tenantId, deliveryId: id, token: order.tokens[botId ?? ''] ?? '' },
        })),
      )
    }
    process.send?.({ type: 'filled', count: deliveries.length })
  })()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
process.send?.({ type: 'ready' })
