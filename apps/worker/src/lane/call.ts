import type { Droppable, Medium, SendMethod } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import type { Method, Upload } from '@tellwire/telegram'

/** The call of the Bot API that one delivery, or one part of it, is. */
export interface Call {
  method: Method
  params: object
  uploads: Upload[]
  /** Messages that it makes in the chat: more than one for an album. */
  messageCount: number
  /** Another call has to follow. */
  isLast: boolean
  /** What the message could go without, if Telegram refuses just that. */
  droppable: Droppable[]
  /** The message that it changes, where it makes none. */
  changesMessageId: number | undefined
  /** What was uploaded, or is known to Telegram from an upload: what becomes of that is remembered. */
  media: CalledMedium[]
  /** The message of a thread that it sends or edits. */
  thread: CalledThread | undefined
}

export interface CalledMedium {
  type: Medium['type']
  fileId: string
  /** Whether Telegram was told a `file_id` that it gave earlier. */
  isKnown: boolean
}

export interface CalledThread {
  key: string
  method: SendMethod
  shown: FormattedText
}

/** A delivery that cannot be sent: there is no call to make. */
export interface NoCall {
  failure: { class: 'message'; code: string }
}

export const plainCall = {
  uploads: [],
  messageCount: 1,
  isLast: true,
  droppable: [],
  changesMessageId: undefined,
  media: [],
  thread: undefined,
} satisfies Partial<Call>
