import { type TenantScope, webhookSecret } from '@tellwire/domain'
import { type CallOutcome, isWellFormedToken, subscribedUpdates, telegramIdOf } from '@tellwire/telegram'
import type { Needs } from '../../context.js'
import { ApiError } from '../../errors.js'

type Checking = TenantScope & Needs<'telegram' | 'sealer' | 'webhookBaseUrl'>

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
export async function checkBot(scope: Checking, token: string): Promise<CheckedBot> {
  const identity = await identifyBot(scope, token)
  await assertNew(scope, identity.telegramId)
  const updateMode = await subscribeUpdates(scope, token)
  return { token, ...identity, updateMode }
}

/** Asks Telegram who a token belongs to. */
export async function identifyBot(
  { telegram }: Needs<'telegram'>,
  token: string,
): Promise<Pick<CheckedBot, 'telegramId' | 'username' | 'displayName'>> {
  if (!isWellFormedToken(token)) throw rejectedToken('It is not of the form 123456789:AA….')
  const me = expectOk(await telegram.call(token, 'getMe', {}))
  return { telegramId: BigInt(me.id), username: me.username, displayName: me.first_name }
}

/** Before its webhook is touched: the bot may be another tenant's. */
async function assertNew({ db }: Checking, telegramId: bigint): Promise<void> {
  if (await db.bot.findUnique({ where: { telegramId }, select: { id: true } })) throw botExists()
}

/** Tells Telegram where to send the bot's updates, or that it is asked for them. */
export async function subscribeUpdates(scope: Checking, token: string): Promise<'polling' | 'webhook'> {
  const telegramId = telegramIdOf(token)
  if (scope.webhookBaseUrl === undefined) {
    expectOk(await scope.telegram.call(token, 'deleteWebhook', {}))
    return 'polling'
  }
  expectOk(
    await scope.telegram.call(token, 'setWebhook', {
      url: `${scope.webhookBaseUrl}/telegram/${telegramId}`,
      secret_token: webhookSecret(scope.sealer, telegramId),
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
    errors: [{ pointer: '/token', code: 'bot_token_rejected', detail: why }],
  })
}

export function botExists(): ApiError {
  return new ApiError('bot_exists', 'A bot can be registered once.', {
    errors: [{ pointer: '/token', code: 'bot_exists', detail: 'belongs to a bot that is registered already' }],
  })
}
