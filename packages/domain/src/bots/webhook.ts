import { subscribedUpdates } from '@tellwire/telegram'
import type { Sealer } from '../secrets/sealer.js'
import { webhookSecret } from './bot-secrets.js'

/** How a bot is to hear of updates. `auto` is a webhook where Telegram reaches us, and long polling where not. */
export const wantedUpdateModes = ['auto', 'polling', 'webhook'] as const
export type WantedUpdateMode = (typeof wantedUpdateModes)[number]

/** Requests that Telegram may make for one bot at a time. */
export const webhookConnectionsMax = 40

interface Subscribing {
  /** Where Telegram reaches the service, without a slash at the end. */
  publicUrl: string
  telegramId: bigint
  secretVersion: number
}

/** Where a bot's updates are sent. */
export function webhookAddress({ publicUrl, telegramId }: Omit<Subscribing, 'secretVersion'>): string {
  return `${publicUrl}/telegram/${telegramId}`
}

/** The parameters of `setWebhook`. */
export function webhookParams(sealer: Sealer, { secretVersion, ...bot }: Subscribing) {
  return {
    url: webhookAddress(bot),
    secret_token: webhookSecret(sealer, bot.telegramId, secretVersion),
    allowed_updates: subscribedUpdates,
    max_connections: webhookConnectionsMax,
  }
}
