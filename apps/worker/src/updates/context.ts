import type { Transaction } from '@tellwire/db'

/** What handling one update of one bot may use. */
export interface UpdateContext {
  db: Transaction
  botId: string
}

export interface Handled {
  /** Whether an answer was put into the bot's lane. */
  hasReply: boolean
}
