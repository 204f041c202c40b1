import { createHash, timingSafeEqual } from 'node:crypto'
import type { Sealer } from '../secrets/sealer.js'

export function sealBotToken(sealer: Sealer, telegramId: bigint, token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(sealer.seal(`bot-token ${telegramId}`, token))
}

export function unsealBotToken(sealer: Sealer, telegramId: bigint, sealed: Uint8Array): string {
  return sealer.unseal(`bot-token ${telegramId}`, sealed)
}

/**
 * The secret that Telegram sends along with a bot's updates. It follows from the installation's key, so that two
 * requests that register one bot at the same time agree on it, and says which of the bot's secrets it is.
 */
export function webhookSecret(sealer: Sealer, telegramId: bigint, version: number): string {
  const secret = sealer.derive('webhook', version === 0 ? String(telegramId) : `${telegramId} ${version}`)
  return version === 0 ? secret : `${version}_${secret}`
}

/** Tells which of a bot's secrets was sent, without asking anybody. @returns undefined for none of them. */
export function readWebhookSecret(sealer: Sealer, telegramId: bigint, given: string): number | undefined {
  const version = Number(/^(\d{1,9})_[\w-]{43}$/.exec(given)?.[1] ?? 0)
  return isSame(given, webhookSecret(sealer, telegramId, version)) ? version : undefined
}

/** Takes as long for a wrong secret as for the right one. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(expected))
}
