import { inTransaction, type InTransaction, readWord } from '@tellwire/db'
import {
  recordEvents,
  type SystemScope,
  tellAfterCommit,
  unsealBotToken,
  wantedUpdateModes,
  webhookAddress,
  webhookParams,
} from '@tellwire/domain'
import { BotChanged } from '@tellwire/jobs'
import { openSystemScope, type WorkerContext } from '../context.js'
import { every, type Repeating } from '../every.js'
import { judgeWebhook, type WebhookVerdict } from './judge-webhook.js'
import { commandsVersion, setCommands } from './set-commands.js'

const lookEveryMs = 5_000
const botsAtOnce = 50
const concurrency = 8
/**
 * A new bot is looked at so often, and one that could not be; one that has been there for long once a day, and one whose
 * webhook fails at once.
 */
const intervalSeconds = { new: 600, old: 86_400, failing: 10 }
/** After a tenth of its age. */
const agePart = 10
/** How long a bot is polled after its webhook failed, before that is tried again. */
const polledForMs = 3_600_000

/**
 * Looks at every bot, spread over time: whether Telegram sends its updates where it should, with the right secret, and of
 * which kinds, and puts right what is not. Of a hundred thousand bots that have been well for weeks that is one a second; once
 * one of them fails, all are looked at within ten minutes, and so is one of which Telegram does not tell. Any number of workers share the bots.
 */
export function startReconciling(ctx: WorkerContext): Repeating {
  return every(lookEveryMs, ctx, 'reconciling webhooks', async () => {
    let bots = await takeBots(ctx)
    while (bots.length > 0 && !ctx.stopping.aborted) {
      const publicUrl = await readPublicUrl(ctx)
      const queue = bots.values()
      const lookedAt: Bot[] = []
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (const bot of queue) {
            if (!ctx.stopping.aborted && (await reconcile(ctx, bot, publicUrl))) lookedAt.push(bot)
          }
        }),
      )
      await putOff(ctx, lookedAt)
      bots = bots.length < botsAtOnce ? [] : await takeBots(ctx)
    }
  })
}

interface Bot {
  id: string
  tenantId: string | null
  telegramId: bigint
  tokenSealed: Uint8Array
  updateMode: string
  wantedUpdateMode: string
  secretVersion: number
  secretTold: number
  failingSince: Date | null
  polledUntil: Date | null
  commandsVersion: number | null
  error: string | null
  pendingUpdates: number | null
  /** When its time comes again, unless it is put off. */
  dueAt: string
}

/** Takes bots whose time has come. Nobody else does so before it comes again, which is soon: whoever has taken them may die. */
async function takeBots({ db }: WorkerContext): Promise<Bot[]> {
  return db.$queryRaw<Bot[]>`
    UPDATE bots b SET
      webhook_due_at = clock_timestamp() + make_interval(secs => (0.9 + random() * 0.1) * ${intervalSeconds.new})
    FROM (
      SELECT id FROM bots
      WHERE status = 'active' AND webhook_due_at <= clock_timestamp()
      ORDER BY webhook_due_at LIMIT ${botsAtOnce}
      FOR UPDATE SKIP LOCKED
    ) due
    WHERE b.id = due.id
    RETURNING b.id::text, b.tenant_id::text AS "tenantId", b.telegram_id AS "telegramId", b.token_sealed AS "tokenSealed", b.update_mode AS "updateMode",
      b.wanted_update_mode AS "wantedUpdateMode", b.webhook_secret_version AS "secretVersion",
      b.webhook_secret_told AS "secretTold", b.webhook_failing_since AS "failingSince", b.polled_until AS "polledUntil",
      b.commands_version AS "commandsVersion", b.webhook_error AS "error", b.pending_updates AS "pendingUpdates",
      b.webhook_due_at::text AS "dueAt"`
}

/** Puts off the next look at bots that were looked at, the longer the older they are; but for those whose time was changed meanwhile. */
async function putOff({ db }: WorkerContext, bots: readonly Bot[]): Promise<void> {
  if (bots.length === 0) return
  await db.$executeRaw`
    UPDATE bots b SET
      webhook_due_at = clock_timestamp() + make_interval(secs => (0.9 + random() * 0.1) * least(
        ${intervalSeconds.old}::float8, extract(epoch FROM clock_timestamp() - b.created_at) / ${agePart}::float8
      ))
    FROM unnest(${bots.map(({ id }) => id)}::uuid[], ${bots.map(({ dueAt }) => dueAt)}::timestamptz[]) AS t (id, due_at)
    WHERE b.id = t.id AND b.webhook_due_at = t.due_at
      AND b.created_at < clock_timestamp() - make_interval(secs => ${intervalSeconds.new * agePart})`
}

/** Where Telegram reaches the API, as that has said when it started. */
async function readPublicUrl({ db }: WorkerContext): Promise<string | undefined> {
  const setting = await db.serviceSetting.findUnique({ where: { name: 'public_url' } })
  return setting?.value ?? undefined
}

/** @returns whether it is known how it is with the bot, and what could be put right was. */
async function reconcile(ctx: WorkerContext, bot: Bot, publicUrl: string | undefined): Promise<boolean> {
  const { id: botId, telegramId, secretVersion } = bot
  try {
    const token = unsealBotToken(ctx.sealer, bot)
    const info = await ctx.pollingApi.call(token, 'getWebhookInfo', {})
    if (info.kind !== 'ok') return info.kind === 'refused' && isLasting(info.code)
    const verdict = judgeWebhook(
      {
        wanted: readWord(wantedUpdateModes, bot.wantedUpdateMode),
        address: publicUrl === undefined ? undefined : webhookAddress({ publicUrl, telegramId }),
        isSecretTold: bot.secretTold === secretVersion,
        polledUntilMs: bot.polledUntil?.getTime(),
        failingSinceMs: bot.failingSince?.getTime(),
        info: info.result,
      },
      Date.now(),
    )
    const isDone = await act(ctx, token, verdict, { telegramId, secretVersion, publicUrl })
    if (isDone) await record(ctx, bot, verdict, info.result.pending_update_count)
    if (
      bot.commandsVersion !== commandsVersion &&
      (await setCommands(ctx, token, { wereOurs: bot.commandsVersion !== null }))
    ) {
      await ctx.db.bot.update({ where: { id: botId }, data: { commandsVersion } })
    }
    return isDone
  } catch (error) {
    ctx.log.warn({ err: error, botId }, 'a webhook was not looked at')
    return false
  }
}

/** Whether Telegram would say the same again: the bot is gone, or its token is none. */
function isLasting(code: number): boolean {
  return code < 500 && code !== 429
}

/** @returns whether Telegram did it. */
async function act(
  { pollingApi, sealer, log }: WorkerContext,
  token: string,
  { action }: WebhookVerdict,
  {
    telegramId,
    secretVersion,
    publicUrl,
  }: { telegramId: bigint; secretVersion: number; publicUrl: string | undefined },
): Promise<boolean> {
  if (action === 'nothing') return true
  const outcome =
    action === 'delete' || publicUrl === undefined
      ? await pollingApi.call(token, 'deleteWebhook', {})
      : await pollingApi.call(token, 'setWebhook', webhookParams(sealer, { publicUrl, telegramId, secretVersion }))
  if (outcome.kind !== 'ok')
    log.warn({ telegramId: String(telegramId), action, outcome }, 'a webhook was not put right')
  else log.info({ telegramId: String(telegramId), action }, 'a webhook was put right')
  return outcome.kind === 'ok'
}

async function record(ctx: WorkerContext, bot: Bot, verdict: WebhookVerdict, pendingUpdates: number): Promise<void> {
  const { id: botId, failingSince, secretVersion } = bot
  const { action, mode, health, error, fallsBack } = verdict
  const isTold = mode !== 'webhook' || bot.secretTold === secretVersion
  const isSame = bot.updateMode === mode && bot.pendingUpdates === pendingUpdates && isTold
  // Most are as they were.
  if (isSame && action === 'nothing' && health === 'reached' && failingSince === null && bot.error === null) return
  await inTransaction(openSystemScope(ctx, 'webhooks'), async (scope) => {
    const { count } = await scope.db.bot.updateMany({
      // Whoever has changed the bot meanwhile knows better.
      where: { id: botId, wantedUpdateMode: bot.wantedUpdateMode, webhookSecretVersion: secretVersion },
      data: {
        updateMode: mode,
        pendingUpdates,
        ...(health === 'unknown'
          ? {}
          : {
              webhookError: error ?? null,
              webhookFailingSince: health === 'failing' ? (failingSince ?? new Date()) : null,
            }),
        webhookSecretTold: mode === 'webhook' ? secretVersion : bot.secretTold,
        ...(fallsBack ? pollUntil(new Date(Date.now() + polledForMs)) : {}),
        ...(mode === 'webhook' && (health === 'failing' || action === 'set')
          ? { webhookDueAt: new Date(Date.now() + intervalSeconds.failing * 1_000) }
          : {}),
      },
    })
    if (count === 0) return
    if (bot.updateMode !== mode) {
      await scope.db.updatePoller.update({ where: { botId }, data: { isWanted: mode === 'polling' } })
      tellAfterCommit(scope, BotChanged, botId)
    }
    if (health === 'failing' && failingSince === null) {
      await tellTenants(scope, botId, error)
      await lookAtAllSoon(scope)
    }
    if (health === 'reached' && failingSince !== null) await tellTenants(scope, botId, undefined)
  })
}

/** It is looked at again then. */
const pollUntil = (polledUntil: Date) => ({ polledUntil, webhookDueAt: polledUntil })

/** An address that Telegram does not reach for one bot it may not reach for any. */
async function lookAtAllSoon({ db }: InTransaction<SystemScope>): Promise<void> {
  await db.$executeRaw`
    UPDATE bots SET webhook_due_at = clock_timestamp() + make_interval(secs => ${intervalSeconds.new} * random())
    WHERE id IN (
      SELECT id FROM bots
      WHERE status = 'active' AND webhook_due_at > clock_timestamp() + make_interval(secs => ${intervalSeconds.new})
      FOR UPDATE SKIP LOCKED
    )`
}

async function tellTenants(
  { db }: InTransaction<SystemScope>,
  botId: string,
  error: string | undefined,
): Promise<void> {
  const tenants = await db.botAccess.findMany({ where: { botId, leftAt: null }, select: { tenantId: true } })
  await recordEvents(
    db,
    tenants.map(({ tenantId }) =>
      error === undefined
        ? { tenantId, type: 'bot.webhook_restored' as const, data: { bot_id: botId } }
        : { tenantId, type: 'bot.webhook_failing' as const, data: { bot_id: botId, description: error } },
    ),
  )
}
