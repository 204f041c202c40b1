/**
 * What a good engineer builds in a day, in three ways: the same application, with the same validation, key
 * check, plug-ins and answers, that stores an accepted notification differently, or not at all.
 */
import { randomUUID } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { buildApp } from '@tellwire/api/app'
import { readConfig } from '@tellwire/api/config'
import {
  type Acceptance,
  connectDatabase,
  connectEngine,
  connectForTenants,
  type Database,
  type NotificationToAccept,
  type Pool,
} from '@tellwire/db'
import { type Accepter, createBoundedWork, createSealer } from '@tellwire/domain'
import { createDiskStore } from '@tellwire/files'
import { connectJobs, createWaker } from '@tellwire/jobs'
import { createDeliveryMetrics, createLogger, Registry } from '@tellwire/observability'
import { createBotApi } from '@tellwire/telegram'
import { Queue } from 'bullmq'

const config = readConfig(process.env)
const log = createLogger('api', config.LOG_LEVEL)
const db = connectDatabase({ url: config.DATABASE_ENGINE_URL ?? config.DATABASE_URL })
const engine = connectEngine({ url: config.DATABASE_ENGINE_URL ?? config.DATABASE_URL })

type Store = (notification: NotificationToAccept, idempotencyKey: string | undefined) => Promise<number>

const insertOne = `
WITH recipient AS MATERIALIZED (
  SELECT id, user_id, bot_id, chat_id, uuid_v7() AS delivery_id FROM connections WHERE tenant_id = $1 AND user_id = $2 AND status = 'active'
),
key AS (
  INSERT INTO idempotency_keys (tenant_id, key, request_hash, result)
  SELECT $1, $3, $4, jsonb_build_object('id', $5::uuid) ON CONFLICT DO NOTHING RETURNING 1
),
notification AS (
  INSERT INTO notifications (tenant_id, id, target, priority, metadata, request_id)
  SELECT $1, $5, $6, $7, $8, $9 FROM key
),
content AS (
  INSERT INTO notification_contents (tenant_id, notification_id, format, text) SELECT $1, $5, $10, $11 FROM key
),
delivery AS (
  INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id)
  SELECT $1, delivery_id, $5, id, user_id, bot_id, chat_id FROM recipient
),
pending AS (
  INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id)
  SELECT delivery_id, bot_id, $1, 1, chat_id, 'notification', $5, id FROM recipient
),
event AS (
  INSERT INTO events (tenant_id, type, data, request_id) SELECT $1, 'notification.accepted', jsonb_build_object('notification_id', $5::uuid), $9 FROM key
)
SELECT count(*)::int AS deliveries FROM recipient`

function storeByStatement(pool: Pool): Store {
  return async (item, key) => {
    const { rows } = await pool.query<{ deliveries: number }>({
      name: 'insert-one',
      text: insertOne,
      values: [
        item.tenantId,
        userOf(item),
        key,
        Buffer.alloc(32),
        item.id,
        JSON.stringify(item.target),
        item.priority,
        JSON.stringify(item.metadata),
        item.requestId,
        item.content.format,
        item.content.text,
      ],
    })
    return rows[0]?.deliveries ?? 0
  }
}

function storeByPrisma(prisma: Database, queue: Queue): Store {
  return async (item, key) => {
    const { tenantId, id } = item
    const connections = await prisma.connection.findMany({
      where: { tenantId, userId: userOf(item), status: 'active' },
    })
    const deliveries = connections.map(({ id: connectionId, userId, botId, chatId }) => ({
      id: randomUUID(),
      connectionId,
      userId,
      botId,
      chatId,
    }))
    await prisma.$transaction([
      prisma.notification.create({
        data: {
          tenantId,
          id,
          target: item.target as object,
          priority: item.priority,
          metadata: item.metadata as object,
          requestId: item.requestId,
          content: { create: { format: item.content.format, text: item.content.text } },
          deliveries: { create: deliveries },
        },
      }),
      prisma.idempotencyKey.create({
        data: {
          tenantId,
          key: key ?? id,
          requestHash: new Uint8Array(32),
          result: { id, deliveries: deliveries.length },
        },
      }),
    ])
    for (const delivery of deliveries) {
      await queue.add(
        'send',
        { tenantId, deliveryId: delivery.id },
        { removeOnComplete: true, attempts: 5, backoff: { type: 'exponential', delay: 1_000 } },
      )
    }
    return deliveries.length
  }
}

function userOf({ audience }: NotificationToAccept): string {
  return audience.kind === 'users' ? (audience.userIds[0] ?? '') : ''
}

function accepterOf(store: Store): Accepter {
  return {
    accept: ({ notifications, idempotency }) =>
      Promise.all(
        notifications.map(async (item): Promise<Acceptance> => {
          const deliveries = await store(item, idempotency?.key)
          return { id: item.id, result: 'accepted', deliveries, awaitingUser: 0, skipped: [], botIds: [] }
        }),
      ),
  }
}

function chooseStore(peer: string | undefined): Store {
  if (peer === 'pg-insert') return storeByStatement(engine)
  if (peer !== 'prisma-bullmq') return async () => 1
  const { hostname, port } = new URL(config.REDIS_URL ?? '')
  return storeByPrisma(db, new Queue('peer-send', { connection: { host: hostname, port: Number(port) } }))
}

const jobs = connectJobs({
  redisUrl: config.REDIS_URL,
  databaseUrl: config.DATABASE_ENGINE_URL ?? config.DATABASE_URL,
  onError: () => undefined,
})
const app = await buildApp({
  config,
  log,
  db,
  tenants: connectForTenants({ url: config.DATABASE_URL }),
  engine,
  jobs,
  waker: createWaker(jobs, () => undefined),
  accepter: accepterOf(chooseStore(process.env['PEER'])),
  boundedWork: createBoundedWork(),
  sealer: createSealer(config.SECRET_KEY),
  telegram: createBotApi({ root: config.TELEGRAM_API_ROOT }),
  files: createDiskStore(config.FILES_DIR),
  metrics: createDeliveryMetrics(new Registry()),
})
await app.listen({ host: config.HOST, port: config.PORT })
process.send?.({ type: 'ready', port: (app.server.address() as AddressInfo).port })
process.on('disconnect', () => process.exit(0))
process.on('SIGTERM', () => process.exit(0))
