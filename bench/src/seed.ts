import { acceptNotifications, connectDatabase, expandBroadcast, idFloor, newId } from '@tellwire/db'
import { createSealer, issueApiKey, scopes, sealBotToken } from '@tellwire/domain'
import type { Place } from './lab.js'

export interface SeededTenant {
  id: string
  key: string
}

export interface SeededBot {
  id: string
  telegramId: number
  token: string
}

let lastTelegramId = 1_000_000
/** What is smaller does not change a plan. */
const analysedFrom = 1_000

/** @param daysAgo when they began: their ids tell. */
export async function seedTenants(place: Place, count: number, daysAgo = 0): Promise<SeededTenant[]> {
  const db = connectDatabase({ url: place.engineUrl, poolMax: 2 })
  try {
    const tenants: SeededTenant[] = []
    for (let index = 0; index < count; index++) {
      const made = idFloor(Date.now() - daysAgo * 86_400_000).slice(0, 13) + newId().slice(13)
      const { id } = await db.tenant.create({ data: { id: made, name: `Tenant ${index}`, listenedAt: new Date() } })
      const { key } = await issueApiKey(db, { tenantId: id, name: 'bench', scopes })
      tenants.push({ id, key })
    }
    return tenants
  } finally {
    await db.$disconnect()
  }
}

/**
 * Bots of the first tenant that all of the tenants may use. Their updates come by webhook: nobody polls, and nobody looks soon
 * whether there is one.
 */
export async function seedBots(
  place: Place,
  tenants: SeededTenant[],
  options: { count: number; rate: number },
): Promise<SeededBot[]> {
  const sealer = createSealer(place.secretKey)
  const bots = Array.from({ length: options.count }, (): SeededBot => {
    const telegramId = ++lastTelegramId
    return { id: newId(), telegramId, token: `${telegramId}:AA${'x'.repeat(33)}` }
  })
  const [owner] = tenants
  const ids = bots.map(({ id }) => id)
  await place.owner.query(
    `INSERT INTO bots (id, tenant_id, telegram_id, username, display_name, token_sealed, update_mode, webhook_due_at, rate)
     SELECT id, $2, telegram_id, 'bot_' || telegram_id, 'Bench', token, 'webhook', now() + interval '1 day', $5
     FROM unnest($1::uuid[], $3::bigint[], $4::bytea[]) AS b (id, telegram_id, token)`,
    [
      ids,
      owner?.id,
      bots.map(({ telegramId }) => telegramId),
      bots.map(({ telegramId, token }) => {
        const bot = { tenantId: owner?.id ?? null, telegramId: BigInt(telegramId) }
        return Buffer.from(sealBotToken(sealer, bot, token))
      }),
      options.rate,
    ],
  )
  await place.owner.query('INSERT INTO lanes (bot_id) SELECT unnest($1::uuid[])', [ids])
  await place.owner.query('INSERT INTO update_pollers (bot_id) SELECT unnest($1::uuid[])', [ids])
  await place.owner.query(
    'INSERT INTO bot_access (tenant_id, bot_id) SELECT t, b FROM unnest($1::uuid[]) t, unnest($2::uuid[]) b',
    [tenants.map(({ id }) => id), ids],
  )
  return bots
}

/**
 * Users of a tenant, each with a connection to one of the bots in turn: `<prefix>1` and on. Chats are the
 * users' numbers, beginning after `chatBase`.
 */
export async function seedUsers(
  place: Place,
  tenant: SeededTenant,
  bots: SeededBot[],
  options: { count: number; prefix?: string; chatBase?: number },
): Promise<void> {
  const { count, prefix = 'u', chatBase = 0 } = options
  const ids = bots.map(({ id }) => id)
  const client = await place.owner.connect()
  // What is made here fits together; checking every row would take longer than making it.
  await client.query('SET session_replication_role = replica')
  await client.query(`INSERT INTO users (tenant_id, user_id) SELECT $1, $2 || n FROM generate_series(1, $3::int) n`, [
    tenant.id,
    prefix,
    count,
  ])
  await client.query(
    `INSERT INTO chats (bot_id, chat_id, type)
     SELECT ($1::uuid[])[1 + n % cardinality($1::uuid[])], $2::bigint + n, 'private' FROM generate_series(1, $3::int) n`,
    [ids, chatBase, count],
  )
  await client.query(
    `INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id)
     SELECT $1, uuid_v7(), $2 || n, ($3::uuid[])[1 + n % cardinality($3::uuid[])], $4::bigint + n FROM generate_series(1, $5::int) n`,
    [tenant.id, prefix, ids, chatBase, count],
  )
  await client.query('RESET session_replication_role')
  client.release()
  if (count >= analysedFrom) await place.owner.query('ANALYZE users, chats, connections')
}

/** So many notifications that wait, one each for the users in turn, as if they had been accepted; their texts are numbered. */
export async function seedWaiting(
  place: Place,
  tenant: SeededTenant,
  options: { count: number; priority?: 'high' | 'normal' | 'bulk' },
): Promise<void> {
  const { count, priority = 'normal' } = options
  await place.owner.query(
    `WITH recipient AS MATERIALIZED (
       SELECT c.*, row_number() OVER (ORDER BY c.id) AS place FROM connections c WHERE c.tenant_id = $1
     ),
     item AS MATERIALIZED (
       SELECT uuid_v7() AS id, uuid_v7() AS delivery_id, n, r.id AS connection_id, r.user_id, r.bot_id, r.chat_id
       FROM generate_series(1, $2::int) n JOIN recipient r ON r.place = 1 + (n - 1) % (SELECT count(*) FROM recipient)
     ),
     notification AS (
       INSERT INTO notifications (tenant_id, id, target, priority) SELECT $1, id, jsonb_build_object('user_id', user_id), $3 FROM item
     ),
     content AS (
       INSERT INTO notification_contents (tenant_id, notification_id, format, text)
       SELECT $1, id, 'markdown', format('**Order %s** has shipped: [track it](https://example.com/t/%s)', n, n) FROM item
     ),
     delivery AS (
       INSERT INTO deliveries (tenant_id, id, notification_id, connection_id, user_id, bot_id, chat_id)
       SELECT $1, delivery_id, id, connection_id, user_id, bot_id, chat_id FROM item
     )
     INSERT INTO pending_deliveries (id, bot_id, tenant_id, priority, chat_id, kind, notification_id, connection_id)
     SELECT delivery_id, bot_id, $1, CASE $3 WHEN 'high' THEN 0 WHEN 'normal' THEN 1 ELSE 2 END, chat_id, 'notification', id, connection_id
     FROM item ORDER BY n`,
    [tenant.id, count, priority],
  )
  if (count >= analysedFrom)
    await place.owner.query('ANALYZE notifications, notification_contents, deliveries, pending_deliveries')
}

/** All of the tenant's users wait in their lanes for one broadcast, expanded as the worker does it. */
export async function seedBroadcast(place: Place, tenant: SeededTenant): Promise<void> {
  const notificationId = newId()
  await acceptNotifications(place.engine, [
    {
      isAtomic: false,
      idempotency: undefined,
      notifications: [
        {
          id: notificationId,
          tenantId: tenant.id,
          target: { everyone: true },
          audience: { kind: 'everyone' },
          priority: 'normal',
          content: { format: 'markdown', text: 'broadcast', options: {} },
          metadata: undefined,
          requestId: 'bench',
          traceparent: undefined,
          sendAt: undefined,
          expiresAt: undefined,
          onUnknown: 'resend',
          awaitsUsers: false,
          dedupe: undefined,
          facts: {},
        },
      ],
    },
  ])
  const broadcast = { tenantId: tenant.id, notificationId, isToTopic: false }
  let hasMore = true
  while (hasMore) hasMore = (await expandBroadcast(place.engine, broadcast, 5_000)).hasMore
  await place.owner.query('ANALYZE deliveries, pending_deliveries')
}

/** Holds all lanes back, or lets them go. */
export async function parkLanes(place: Place, isParked: boolean): Promise<void> {
  await place.owner.query('UPDATE lanes SET parked_reason = $1', [isParked ? 'bench' : null])
}

/** Whether anything waits; costs next to nothing, so that it can be asked all the time. */
export async function hasPending(place: Place): Promise<boolean> {
  const { rows } = await place.owner.query<{ has: boolean }>('SELECT EXISTS (SELECT FROM pending_deliveries) AS has')
  return rows[0]?.has === true
}

export async function countPending(place: Place): Promise<number> {
  const { rows } = await place.owner.query<{ count: number }>('SELECT count(*)::int AS count FROM pending_deliveries')
  return rows[0]?.count ?? 0
}
