import { Prisma, type Transaction } from '@tellwire/db'
import { type NewEvent, recordEvents } from '../events/record-events.js'

export interface ConnectionEnd {
  status: 'blocked' | 'stopped' | 'gone'
  /** What happened, for whoever reads the event: such as `person_stopped` or `replaced`. */
  reason: string
}

/**
 * Ends the active connections that match, and fails what still waits for them. What is being sent right
 * now ends on its own. To be called in a transaction.
 * @returns how many were ended.
 */
export async function endConnections(
  db: Transaction,
  where: Prisma.ConnectionWhereInput & ({ tenantId: string } | { botId: string; chatId: bigint }),
  end: ConnectionEnd,
): Promise<number> {
  const active: Prisma.ConnectionWhereInput[] = [
    where,
    { status: end.status === 'blocked' ? 'active' : { in: ['active', 'blocked'] } },
  ]
  const connections = await db.connection.updateManyAndReturn({
    where: { AND: active },
    data: { status: end.status, endedAt: new Date() },
  })
  if (connections.length === 0) return 0

  await failWaiting(
    db,
    connections.map(({ id }) => id),
    connections.map(({ botId }) => botId),
    connections.map(({ chatId }) => chatId),
    end,
  )
  await recordEvents(
    db,
    connections.map((connection): NewEvent => ({
      tenantId: connection.tenantId,
      type: end.status === 'blocked' ? 'user.blocked' : 'user.disconnected',
      data: { user_id: connection.userId, connection_id: connection.id, reason: end.reason },
    })),
  )
  return connections.length
}

async function failWaiting(
  db: Transaction,
  ids: string[],
  botIds: string[],
  chatIds: bigint[],
  end: ConnectionEnd,
): Promise<void> {
  const code = `recipient_${end.status}`
  await db.$executeRaw`
    WITH connection AS (
      SELECT * FROM unnest(${ids}::uuid[], ${botIds}::uuid[], ${chatIds}::bigint[]) AS c (id, bot_id, chat_id)
    ),
    ended AS (
      DELETE FROM pending_deliveries p USING connection c
      WHERE p.bot_id = c.bot_id AND p.chat_id = c.chat_id AND p.connection_id = c.id AND p.claimed_by IS NULL
      RETURNING p.tenant_id, p.id, p.notification_id, p.is_counted, p.kind, (p.reply ->> 'delivery_id')::uuid AS changed_id
    ),
    failed AS (
      UPDATE deliveries d SET status = 'failed', failure = jsonb_build_object('code', ${code}::text, 'class', 'recipient',
        'at', to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      FROM ended e WHERE e.kind = 'notification' AND d.tenant_id = e.tenant_id AND d.id = e.id
    ),
    unchanged AS (
      UPDATE deliveries d SET change = d.change || jsonb_build_object('status', 'failed', 'failure',
        jsonb_build_object('code', ${code}::text, 'class', 'recipient', 'at', clock_timestamp()))
      FROM ended e WHERE e.kind = 'change' AND d.tenant_id = e.tenant_id AND d.id = e.changed_id AND d.change ->> 'row' = e.id::text
    ),
    counted AS (
      INSERT INTO delivery_counts AS c (tenant_id, notification_id, status, reason, count)
      SELECT tenant_id, notification_id, 'failed', ${code}::text, count(*) FROM ended WHERE is_counted
      GROUP BY tenant_id, notification_id ORDER BY tenant_id, notification_id
      ON CONFLICT (tenant_id, notification_id, status, reason) DO UPDATE SET count = c.count + excluded.count
    )
    INSERT INTO events (tenant_id, type, data)
    SELECT tenant_id, CASE kind WHEN 'change' THEN 'notification.change_failed' ELSE 'notification.failed' END,
      jsonb_build_object('notification_id', notification_id, 'delivery_id', coalesce(changed_id, id))
    FROM ended WHERE kind <> 'reply'`
}
