import type { SealedPlace, Sealer } from '../secrets/sealer.js'

/** Whose token it is. @param tenantId null for a bot that is shared. */
export interface TokenOwner {
  tenantId: string | null
  telegramId: bigint
}

export function sealBotToken(sealer: Sealer, bot: TokenOwner, token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(botTokenPlace(bot), token))
}

export function unsealBotToken(sealer: Sealer, bot: TokenOwner & { tokenSealed: Uint8Array }): string {
  return sealer.unseal(botTokenPlace(bot), bot.tokenSealed)
}

export function botTokenPlace({ tenantId, telegramId }: TokenOwner): SealedPlace {
  return { tenantId, table: 'bots', row: String(telegramId), field: 'token', formerly: `bot-token ${telegramId}` }
}

/**
 * The secret that Telegram sends along with a bot's updates. It follows from the installation's key, so that two
 * requests that register one bot at the same time agree on it, and says which of the bot's secrets it is.
 */
export function webhookSecret(sealer: Sealer, telegramId: bigint, version: number): string {
  const secret = sealer.derive('webhook', webhookInput(telegramId, version))
  return version === 0 ? secret : `${version}_${secret}`
}

/** Tells which of a bot's secrets was sent, without asking anybody. @returns undefined for none of them. */
export function readWebhookSecret(sealer: Sealer, telegramId: bigint, given: string): number | undefined {
  const [, digits = '0', secret = given] = /^(\d{1,9})_([\w-]{43})$/.exec(given) ?? []
  const version = Number(digits)
  return sealer.isDerivedNow('webhook', webhookInput(telegramId, version), secret) ? version : undefined
}

function webhookInput(telegramId: bigint, version: number): string {
  return version === 0 ? String(telegramId) : `${telegramId} ${version}`
}
