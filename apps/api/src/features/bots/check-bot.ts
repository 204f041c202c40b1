import { webhookSecret } from '@tellwire/domain'
import { type CallOutcome, isWellFormedToken, subscribedUpdates, telegramIdOf } from '@tellwire/telegram'
import type { TenantContext } from '../../context.js'
import { ApiError } from '../../errors.js'

export interface CheckedBot {
  token: string
  telegramId: bigint
  username: string
  displayName: string
  updateMode: 'polling' | 'webhook'
}

/**
 * Asks Telegram who a token belongs to, and tells it where to send updates. The webhook's secret follows
 * from the bot, so that two requests which do this at once agree.
 */
export async function checkBot(ctx: TenantContext, token: string): Promise<CheckedBot> {
  const identity = await identifyBot(ctx, token)
  await assertNew(ctx, identity.telegramId)
  const updateMode = await subscribeUpdates(ctx, token)
  return { token, ...identity, updateMode }
}

/** Who a token belongs to. */
export async function identifyBot(
  { telegram }: TenantContext,
  token: string,
): Promise<Pick<CheckedBot, 'telegramId' | 'username' | 'displayName'>> {
  if (!isWellFormedToken(token)) throw rejectedToken('It is not of the form 123456789:AA….')
  const me = expectOk(await telegram.call(token, 'getMe', {}))
  return { telegramId: BigInt(me.id), username: me.username, displayName: me.first_name }
}

/** Before its webhook is touched: the bot may be another tenant's. */
async function assertNew({ db }: TenantContext, telegramId: bigint): Promise<void> {
  if (await db.bot.findUnique({ where: { telegramId }, select: { id: true } })) throw botExists()
}

/** Tells Telegram where to send the bot's updates, or that it is asked for them. */
export async function subscribeUpdates(ctx: TenantContext, token: string): Promise<'polling' | 'webhook'> {
  const telegramId = telegramIdOf(token)
  if (ctx.webhookBaseUrl === undefined) {
    expectOk(await ctx.telegram.call(token, 'deleteWebhook', {}))
    return 'polling'
  }
  expectOk(
    await ctx.telegram.call(token, 'setWebhook', {
      url: `${ctx.webhookBaseUrl}/telegram/${telegramId}`,
      secret_token: webhookSecret(ctx.sealer, telegramId),
      allowed_updates: subscribedUpdates,
    }),
  )
  return 'webhook'
}

function expectOk<T>(outcome: CallOutcome<T>): T {
  if (outcome.kind === 'ok') return outcome.result
  if (outcome.kind === 'no_answer')
    throw new ApiError('telegram_unavailable', `Telegram did not answer (${outcome.reason}).`)
  if (outcome.code === 401 || outcome.code === 404) throw rejectedToken(`Telegram says: ${outcome.description}.`)
  if (outcome.code === 429 || outcome.code >= 500) {
    throw new ApiError('telegram_unavailable', `Telegram says: ${outcome.description}.`, {
      retryAfterSeconds: outcome.retryAfterSeconds ?? 1,
    })
  }
  throw new ApiError('webhook_refused', `Telegram says: ${outcome.description}. Check PUBLIC_URL.`)
}

export function rejectedToken(why: string): ApiError {
  return new ApiError('bot_token_rejected', `The token cannot be used. ${why}`, {
    errors: [{ pointer: '/token', code: 'rejected', detail: why }],
  })
}

export function botExists(): ApiError {
  return new ApiError('bot_exists', 'A bot can be registered once.', {
    errors: [{ pointer: '/token', code: 'exists', detail: 'belongs to a bot that is registered already' }],
  })
}
