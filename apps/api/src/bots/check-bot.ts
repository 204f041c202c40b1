import { isBotRegistered } from '@tellwire/db'
import { type WantedUpdateMode, webhookParams } from '@tellwire/domain'
import { type CallOutcome, isWellFormedToken, telegramIdOf } from '@tellwire/telegram'
import type { Needs } from '../context.js'
import { ApiError } from '../errors.js'

type Subscribing = Needs<'telegram' | 'sealer' | 'webhookBaseUrl'>
type Checking = Subscribing & Needs<'engine'>

export interface CheckedBot {
  token: string
  telegramId: bigint
  username: string
  displayName: string
  updateMode: 'polling' | 'webhook'
  wantedUpdateMode: WantedUpdateMode
}

interface Wanted {
  wanted: WantedUpdateMode
  /** Throws where the bot is not to be registered, before Telegram is told anything. */
  assertWelcome?: () => Promise<void>
}

/**
 * Asks Telegram who a token belongs to, and tells it where to send updates. The webhook's secret follows
 * from the bot, so that two requests which do this at once agree.
 * @returns gives the bot, or throws what is wrong with it. It is called where an earlier answer to the same request would have
 * been found: what is wrong may be that the first of two has registered the bot.
 */
export async function checkBot(scope: Checking, token: string, how: Wanted): Promise<() => CheckedBot> {
  const [checked] = await Promise.allSettled([check(scope, token, how)])
  return () => {
    if (checked.status === 'rejected') throw checked.reason
    return checked.value
  }
}

async function check(scope: Checking, token: string, { wanted, assertWelcome }: Wanted): Promise<CheckedBot> {
  const identity = await identifyBot(scope, token)
  // Whoever hears the bot so far goes on hearing it, unless it is to be registered.
  if (await isBotRegistered(scope.engine, identity.telegramId)) throw botExists()
  await assertWelcome?.()
  const updateMode = await subscribeUpdates(scope, token, { wanted, secretVersion: 0 })
  return { token, ...identity, updateMode, wantedUpdateMode: wanted }
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

/**
 * Tells Telegram where to send the bot's updates, or that it is asked for them.
 * @throws `webhook_refused` where a webhook is wanted and Telegram reaches nothing here.
 */
export async function subscribeUpdates(
  { webhookBaseUrl: publicUrl, telegram, sealer }: Subscribing,
  token: string,
  { wanted, secretVersion }: { wanted: WantedUpdateMode; secretVersion: number },
): Promise<'polling' | 'webhook'> {
  if (wanted === 'webhook' && publicUrl === undefined) {
    throw new ApiError('webhook_refused', 'This service has no public address: set PUBLIC_URL, or use polling.')
  }
  if (wanted === 'polling' || publicUrl === undefined) {
    expectOk(await telegram.call(token, 'deleteWebhook', {}))
    return 'polling'
  }
  const params = webhookParams(sealer, { publicUrl, telegramId: telegramIdOf(token), secretVersion })
  expectOk(await telegram.call(token, 'setWebhook', params))
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
