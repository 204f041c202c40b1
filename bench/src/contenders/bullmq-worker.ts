/** A BullMQ worker with a job for each notification: Prisma reads it, grammY sends it, Prisma writes what became of it. */
import { connectDatabase } from '@tellwire/db'
import { createSealer, unsealBotToken } from '@tellwire/domain'
import { Queue, Worker } from 'bullmq'
import { Api } from 'grammy'

const redis = new URL(process.env['REDIS_URL'] ?? '')
const connection = { host: redis.hostname, port: Number(redis.port) }
const db = connectDatabase({ url: process.env['DATABASE_ENGINE_URL'] ?? '', poolMax: 20 })
const sealer = createSealer(process.env['SECRET_KEY'] ?? '')
const apiRoot = process.env['TELEGRAM_API_ROOT'] ?? ''
const apis = new Map<string, Api>()

async function apiOf(botId: string): Promise<Api> {
  const known = apis.get(botId)
  if (known) return known
  const bot = await db.bot.findUniqueOrThrow({ where: { id: botId } })
  const api = new Api(unsealBotToken(sealer, bot), { apiRoot })
  apis.set(botId, api)
  return api
}

const worker = new Worker<{ tenantId: string; deliveryId: string }>(
  'peer-send',
  async ({ data: { tenantId, deliveryId: id } }) => {
    const delivery = await db.delivery.findUniqueOrThrow({
      where: { tenantId_id: { tenantId, id } },
      include: { notification: { include: { content: true } } },
    })
    const api = await apiOf(delivery.botId ?? '')
    const message = await api.sendMessage(Number(delivery.chatId), delivery.notification.content?.text ?? '')
    await db.delivery.update({
      where: { tenantId_id: { tenantId, id } },
      data: { status: 'sent', attempts: 1, sentAt: new Date(), telegramMessageIds: [BigInt(message.message_id)] },
    })
  },
  { connection, concurrency: 64, autorun: process.env['AUTORUN'] !== 'false' },
)
worker.on('error', () => undefined)
const queue = new Queue('peer-send', { connection })

let isPaused = false

/** Rests and fills the queue with a job for each delivery that waits, or works. */
process.on('message', (order: { type: 'fill' } | { type: 'run' }) => {
  if (order.type === 'run') {
    if (isPaused) void worker.resume()
    else void worker.run()
    return
  }
  void (async () => {
    if (worker.isRunning()) {
      await worker.pause()
      isPaused = true
    }
    const deliveries = await db.delivery.findMany({ where: { status: 'queued' }, select: { tenantId: true, id: true } })
    for (let first = 0; first < deliveries.length; first += 5_000) {
      await queue.addBulk(
        deliveries.slice(first, first + 5_000).map(({ tenantId, id }) => ({
          name: 'send',
          data: { tenantId, deliveryId: id },
          opts: { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 1_000 } },
        })),
      )
    }
    process.send?.({ type: 'filled', count: deliveries.length })
  })()
})
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
await worker.waitUntilReady()
process.send?.({ type: 'ready' })
