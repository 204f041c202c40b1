import type { Pool } from 'pg'
import { defineStatement, inputRows, probe, run } from '../sql.js'

/** A bot of which somebody is to look whether its updates come as they should. */
export interface BotToLookAt {
  id: string
  tenantId: string | null
  telegramId: bigint
  username: string
  displayName: string
  tokenSealed: Uint8Array
  updateMode: string
  wantedUpdateMode: string
  /** The number of the secret that Telegram is to name, and of the one that it was told. */
  secretVersion: number
  secretTold: number
  failingSince: Date | null
  polledUntil: Date | null
  commandsVersion: number | null
  error: string | null
  pendingUpdates: number | null
  /** When it is looked at again, unless it is put off. */
  dueAt: string
}

/** A new bot is looked at so often, and one that could not be; one that has been there for long once a day. */
const intervalSeconds = { new: 600, old: 86_400 }
/** After a tenth of its age. */
const agePart = 10
/** Where there are few bots they are looked at more often: one of them in a second. */
const botsEstimated = "(SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = 'bots'::regclass)"
/** Not all at one moment. */
const spread = '(0.9 + random() * 0.1)'

const take = defineStatement(
  'take-bots-to-look-at',
  `
UPDATE bots b SET
  webhook_due_at = clock_timestamp() + make_interval(secs => ${spread} * ${intervalSeconds.new})
FROM (
  SELECT id FROM bots
  WHERE status = 'active' AND webhook_due_at <= now()
  ORDER BY webhook_due_at LIMIT $1
  FOR UPDATE SKIP LOCKED
) due
WHERE ${probe('b.id', 'due.id')}
RETURNING
  b.id,
  b.tenant_id,
  b.telegram_id::text,
  b.username,
  b.display_name,
  b.token_sealed,
  b.update_mode,
  b.wanted_update_mode,
  b.webhook_secret_version AS secret_version,
  b.webhook_secret_told AS secret_told,
  b.webhook_failing_since AS failing_since,
  b.polled_until,
  b.commands_version,
  b.webhook_error AS error,
  b.pending_updates,
  b.webhook_due_at::text AS due_at`,
)

/** Takes bots whose time has come. Nobody else does so before it comes again, which is soon: whoever has taken them may die. */
export async function takeBotsToLookAt(engine: Pool, countMax: number): Promise<BotToLookAt[]> {
  const rows = await run<Omit<BotToLookAt, 'telegramId'> & { telegramId: string }>(engine, take, [countMax])
  return rows.map((row) => ({ ...row, telegramId: BigInt(row.telegramId) }))
}

const lookedAt = inputRows('looked_at', { id: 'uuid', due_at: 'text' }, 1)

const putOff = defineStatement(
  'put-off-bots',
  `
WITH ${lookedAt.text}
UPDATE bots b SET
  webhook_due_at = least(
    clock_timestamp() + make_interval(secs => ${spread} * least(
      ${intervalSeconds.old},
      greatest(${intervalSeconds.new}, ${botsEstimated}),
      extract(epoch FROM clock_timestamp() - b.created_at) / ${agePart}
    )),
    -- Its webhook is tried again then.
    CASE WHEN b.polled_until > clock_timestamp() THEN b.polled_until END
  )
FROM looked_at l
WHERE ${probe('b.id', 'l.id')} AND b.webhook_due_at = l.due_at::timestamptz
  AND b.created_at < clock_timestamp() - interval '${intervalSeconds.new * agePart} seconds'`,
)

/** Puts off the next look at bots that were looked at, the longer the older and the more they are; but for those whose time was changed meanwhile. */
export async function putOffBots(engine: Pool, bots: readonly Pick<BotToLookAt, 'id' | 'dueAt'>[]): Promise<void> {
  if (bots.length > 0) await run(engine, putOff, lookedAt.values(bots.map(({ id, dueAt }) => ({ id, dueAt }))))
}

const lookNow = defineStatement(
  'look-at-bot-now',
  'UPDATE bots SET webhook_due_at = clock_timestamp() WHERE id = $1::uuid AND webhook_due_at > clock_timestamp()',
)

/** Lets a bot be looked at in a moment. */
export async function lookAtBotNow(engine: Pool, botId: string): Promise<void> {
  await run(engine, lookNow, [botId])
}

/** One statement changes so many. */
const soonAtOnce = 2_000

const lookSoon = defineStatement(
  'look-at-bots-soon',
  `
UPDATE bots SET webhook_due_at = clock_timestamp() + make_interval(secs => ${intervalSeconds.new} * random())
WHERE id = ANY (ARRAY(
  SELECT id FROM bots
  WHERE status = 'active' AND webhook_due_at > now() + interval '${intervalSeconds.new} seconds'
  ORDER BY webhook_due_at LIMIT ${soonAtOnce}
  FOR UPDATE SKIP LOCKED
))
RETURNING 1`,
)

/** Lets all bots be looked at within ten minutes, spread over them. */
export async function lookAtBotsSoon(engine: Pool): Promise<void> {
  while ((await run(engine, lookSoon, [])).length === soonAtOnce);
}
