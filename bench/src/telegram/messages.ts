export interface BotSettings {
  /** Messages in a sliding second, where limits are on. */
  rate: number
  /** How long an answer takes, give or take a tenth. */
  latencyMs: number
}

export interface Settings {
  isLimited: boolean
  /** By the bot's Telegram id. */
  bots: Record<string, BotSettings>
  fallback: BotSettings
  /** Every arrival is told at once. */
  isWatched: boolean
}

export type Command =
  | { type: 'configure'; settings: Partial<Settings> }
  | { type: 'reset' }
  | { type: 'report'; isCountOnly: boolean }

export interface Arrival {
  bot: string
  chatId: number
  text: string
  atMs: number
  isAccepted: boolean
}

export type Reply =
  | { type: 'ready'; port: number }
  | { type: 'report'; arrivals: Arrival[]; count: number }
  | { type: 'arrived'; text: string; atMs: number }
