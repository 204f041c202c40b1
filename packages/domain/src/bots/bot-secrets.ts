import type { Sealer } from '../secrets/sealer.js'

export function sealBotToken(sealer: Sealer, telegramId: bigint, token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(`bot-token ${telegramId}`, token))
}

export function unsealBotToken(sealer: Sealer, telegramId: bigint, sealed: Uint8Array): string {
  return sealer.unseal(`bot-token ${telegramId}`, sealed)
}

/**
 * The secret that Telegram sends along with a bot's updates. It follows from the installation's key, so that two
 * requests that register one bot at the same time agree on it.
 */
export function webhookSecret(sealer: Sealer, telegramId: bigint): string {
  return sealer.derive('webhook', String(telegramId))
}
