import {
  type BotToLookAt,
  inTransaction,
  type InTransaction,
  lookAtBotsSoon,
  putOffBots,
  readWord,
  takeBotsToLookAt,
} from '@tellwire/db'
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
/** A bot whose webhook fails is looked at again after so long. */
const failingLookMs = 10_000
/** How long a bot is polled after its webhook failed, before that is tried again. */
const polledForMs = 3_600_000

/**
 * Looks at every bot, spread over time: whether Telegram sends its updates where it should, with the right secret, and of
 * which kinds, and puts right what is not. Of a hundred thousand bots that have been well for weeks that is one a second; once
 * one of them fails, all are looked at within ten minutes, and so is one of which Telegram does not tell. Any number of workers share the bots.
 */
export function startReconciling(ctx: WorkerContext): Repeating {
  return every(lookEveryMs, ctx, 'reconciling webhooks', async () => {
    let bots = await takeBotsToLookAt(ctx.engine, botsAtOnce)
    while (bots.length > 0 && !ctx.stopping.aborted) {
      const publicUrl = await readPublicUrl(ctx)
      const queue = bots.values()
      const lookedAt: BotToLookAt[] = []
      await Promise.all(
        Array.from({ length: concurrency }, async () => {
          for (const bot of queue) {
            if (!ctx.stopping.aborted && (await reconcile(ctx, bot, publicUrl))) lookedAt.push(bot)
          }
        }),
      )
      await putOffBots(ctx.engine, lookedAt)
      bots = bots.length < botsAtOnce ? [] : await takeBotsToLookAt(ctx.engine, botsAtOnce)
    }
  })
}

/** Where Telegram reaches the API, as that has said when it started. */
async function readPublicUrl({ db }: WorkerContext): Promise<string | undefined> {
  const setting = await db.serviceSetting.findUnique({ where: { name: 'public_url' } })
  return setting?.value ?? undefined
}

/** @returns whether it is known how it is with the bot, and what could be put right was. */
async function reconcile(ctx: WorkerContext, bot: BotToLookAt, publicUrl: string | undefined): Promise<boolean> {
  const { id: botId, telegramId, secretVersion } = bot
  try {
    const token = unsealBotToken(ctx.sealer, bot)
    const info = await ctx.pollingApi.call(token, 'getWebhookInfo', {})
    if (info.kind !== 'ok') return info.kind === 'refused' && !info.isForeign && isLasting(info.code)
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
    await followName(ctx, token, bot)
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

/** In groups a command says the name of the bot that it is for, and links lead to it: whoever renames a bot does it elsewhere. */
async function followName({ pollingApi, db }: WorkerContext, token: string, bot: BotToLookAt): Promise<void> {
  const me = await pollingApi.call(token, 'getMe', {})
  if (me.kind !== 'ok') return
  const { username, first_name: displayName } = me.result
  if (username === bot.username && displayName === bot.displayName) return
  await db.bot.updateMany({
    where: { id: bot.id, username: bot.username, displayName: bot.displayName, status: 'active' },
    data: { username, displayName },
  })
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

async function record(
  ctx: WorkerContext,
  bot: BotToLookAt,
  verdict: WebhookVerdict,
  pendingUpdates: number,
): Promise<void> {
  const { id: botId, failingSince, secretVersion } = bot
  const { action, mode, health, error, fallsBack } = verdict
  const isTold = mode !== 'webhook' || bot.secretTold === secretVersion
  const isSame = bot.updateMode === mode && bot.pendingUpdates === pendingUpdates && isTold
  // Most are as they were.
  if (isSame && action === 'nothing' && health === 'reached' && failingSince === null && bot.error === null) return
  const polledUntil = new Date(Date.now() + polledForMs)
  const beginsToFail = health === 'failing' && failingSince === null
  const isRecorded = await inTransaction(openSystemScope(ctx, 'webhooks'), async (scope) => {
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
        // It is looked at again then.
        ...(fallsBack ? { polledUntil, webhookDueAt: polledUntil } : {}),
        ...(mode === 'webhook' && (health === 'failing' || action === 'set')
          ? { webhookDueAt: new Date(Date.now() + failingLookMs) }
          : {}),
      },
    })
    if (count === 0) return false
    if (bot.updateMode !== mode) {
      await scope.db.updatePoller.update({ where: { botId }, data: { isWanted: mode === 'polling' } })
      tellAfterCommit(scope, BotChanged, botId)
    }
    if (beginsToFail) await tellTenants(scope, botId, error)
    if (health === 'reached' && failingSince !== null) await tellTenants(scope, botId, undefined)
    return true
  })
  // An address that Telegram does not reach for one bot it may not reach for any.
  if (isRecorded && beginsToFail) await lookAtBotsSoon(ctx.engine)
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
