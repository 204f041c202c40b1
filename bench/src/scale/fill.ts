import type { Place } from '../lab.js'

/** How much there is of everything that does nothing right now. */
export interface Sizes {
  /** Each with a bot of its own. */
  tenants: number
  users: number
  days: number
  /** Notifications that were sent in those days, each with a delivery and an event. */
  sent: number
  /** Deliveries that wait for users who are not connected. */
  held: number
}

const partitioned = ['notifications', 'notification_contents', 'deliveries', 'events']

/** Fills a database with what a large service has and does not use at the moment. A tenth of what was sent is one tenant's. */
export async function fill(place: Place, sizes: Sizes, tenantId: string): Promise<void> {
  const client = await place.owner.connect()
  const run = (text: string, values: unknown[] = []): Promise<unknown> => client.query(text, values)
  // What is made here fits together; checking every row would take longer than making it.
  await run('SET session_replication_role = replica')
  await run('SET synchronous_commit = off')
  await run(
    `CREATE TEMP TABLE made AS SELECT n, uuidv7() AS tenant_id, uuidv7(interval '-1 day') AS bot_id FROM generate_series(0, $1::int - 1) n`,
    [sizes.tenants],
  )
  await run("INSERT INTO tenants (id, name) SELECT tenant_id, 'Tenant ' || n FROM made")
  await run(`
    INSERT INTO bots (
      id, tenant_id, telegram_id, username, display_name, token_sealed, update_mode, created_at, webhook_due_at
    )
    SELECT bot_id, tenant_id, 5000000000 + n, 'idle_' || n || '_bot', 'Idle', '', 'webhook', now() - interval '60 days',
      now() + random() * interval '1 day'
    FROM made`)
  await run('INSERT INTO lanes (bot_id) SELECT bot_id FROM made')
  await run('INSERT INTO update_pollers (bot_id) SELECT bot_id FROM made')
  await run('INSERT INTO bot_access (tenant_id, bot_id) SELECT tenant_id, bot_id FROM made')
  await run('CREATE INDEX ON made (n)')
  await run('ANALYZE made')
  await run(
    `CREATE TEMP TABLE people AS
     SELECT g.n, m.tenant_id, m.bot_id, uuidv7() AS connection_id FROM generate_series(1, $1::int) AS g (n) JOIN made m ON m.n = g.n % $2`,
    [sizes.users, sizes.tenants],
  )
  await run("INSERT INTO users (tenant_id, user_id) SELECT tenant_id, 'u' || n FROM people")
  await run("INSERT INTO chats (bot_id, chat_id, type) SELECT bot_id, n, 'private' FROM people")
  await run(`
    INSERT INTO connections (tenant_id, id, user_id, bot_id, chat_id)
    SELECT tenant_id, connection_id, 'u' || n, bot_id, n FROM people`)
  for (const parent of partitioned) await addPastPartitions(run, parent, sizes.days)
  await run(
    `CREATE TEMP TABLE past AS
     SELECT g.n, uuidv7(shift) AS id, uuidv7(shift) AS delivery_id, uuidv7(shift) AS event_id,
       CASE g.n % 10 WHEN 0 THEN $3::uuid ELSE m.tenant_id END AS tenant_id, m.bot_id, g.n % 500 = 0 AS has_failed
     FROM (SELECT n, -(random() * $4::int) * interval '1 day' AS shift FROM generate_series(1, $1::int) AS s (n)) g
     JOIN made m ON m.n = g.n % $2`,
    [sizes.sent, sizes.tenants, tenantId, sizes.days],
  )
  await run(`INSERT INTO notifications (tenant_id, id, target, priority, created_at)
    SELECT tenant_id, id, '{}', 'normal', uuid_extract_timestamp(id) FROM past`)
  await run(`INSERT INTO notification_contents (tenant_id, notification_id, format, text)
    SELECT tenant_id, id, 'markdown', 'sent long ago' FROM past`)
  await run(`INSERT INTO deliveries (tenant_id, id, notification_id, user_id, bot_id, chat_id, status, failure, ended_at)
    SELECT tenant_id, delivery_id, id, 'u' || n % 1000, bot_id, n, CASE WHEN has_failed THEN 'failed' ELSE 'sent' END,
      CASE WHEN has_failed THEN '{"code": "recipient_blocked", "class": "recipient", "at": "2026-01-01T00:00:00.000Z"}'::jsonb END, uuid_extract_timestamp(delivery_id)
    FROM past`)
  await run(`INSERT INTO events (tenant_id, id, type, data)
    SELECT tenant_id, event_id, 'notification.sent', jsonb_build_object('notification_id', id) FROM past`)
  await run(
    `INSERT INTO waiting_deliveries (id, tenant_id, notification_id, user_id, priority)
     SELECT uuidv7(interval '-1 day'), m.tenant_id, uuidv7(interval '-1 day'), 'nobody' || g.n, 1
     FROM generate_series(1, $1::int) AS g (n) JOIN made m ON m.n = g.n % $2`,
    [sizes.held, sizes.tenants],
  )
  await run('DROP TABLE made, people, past')
  await run('RESET session_replication_role')
  client.release()
  await place.owner.query('VACUUM ANALYZE')
}

/** Weekly ones, as the service would have made them in time. */
async function addPastPartitions(run: (text: string) => Promise<unknown>, parent: string, days: number): Promise<void> {
  const weekMs = 7 * 86_400_000
  const monday = Math.floor((Date.now() / 86_400_000 + 3) / 7) * weekMs - 3 * 86_400_000
  for (let week = 1; week * 7 <= days + 7; week++) {
    const from = new Date(monday - week * weekMs)
    const name = `${parent}_week_${from.toISOString().slice(0, 10).replaceAll('-', '')}`
    const floor = (date: Date): string => `uuid_v7_floor('${date.toISOString()}')`
    await run(
      `CREATE TABLE ${name} PARTITION OF ${parent} FOR VALUES FROM (${floor(from)}) TO (${floor(new Date(from.getTime() + weekMs))})`,
    )
  }
}
