import type { PersonData } from '@tellwire/db'

export const questionStatuses = ['open', 'answered', 'expired', 'cancelled', 'failed'] as const
export type QuestionStatus = (typeof questionStatuses)[number]
export const quorums = ['first', 'all'] as const
export type Quorum = (typeof quorums)[number]

/** So long is a question at most, in characters: its outcome is to stand below it. */
export const questionTextMax = 3_000

/** The action of the buttons that answer a question. */
export const answerAction = 'answer'

/** The question of a notification, as it is kept with its content. */
export interface AskedOptions {
  /** The answers that can be chosen, one in each row of buttons; absent where the person is to write one. */
  options?: { id: string; text: string }[]
  /** The person writes the answer, as a reply. */
  free_text?: { placeholder?: string }
  quorum: Quorum
  /** The option that counts where nobody answers in time. */
  default?: string
  /** RFC 3339. */
  expires_at: string
}

/** An answer, as it is kept. Ids are UUIDs, but for Telegram's own. */
export interface QuestionAnswer {
  option: string | null
  text: string | null
  user_id: string
  connection_id: string
  answered_at: string
  /** Who gave it, as far as Telegram says; absent from those of before that was kept. */
  from?: PersonData | null
}

/** The same, with the name of who gave it, for everybody in the chats. */
export interface NamedAnswer extends QuestionAnswer {
  name: string
}

/** Of which tenant, and the id, which is that of its notification. */
export interface QuestionKey {
  tenantId: string
  id: string
}
