import type { Transaction } from '@tellwire/db'
import type { Sealer } from '@tellwire/domain'

/** What handling one update of one bot may use. */
export interface UpdateContext {
  db: Transaction
  botId: string
  sealer: Sealer
}

export interface Handled {
  /** Whether an answer was put into the bot's lane. */
  hasReply: boolean
  /** The press of a button that is to be answered once this is recorded. */
  answersQuery?: string
}
