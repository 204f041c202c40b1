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
  /** Whether no other call has to follow. */
  isLast: boolean
  /** Parts that the message could go without, if Telegram refuses just that. */
  droppable: Droppable[]
  /** The message that it edits or deletes, where it makes none. */
  editsMessageId: number | undefined
  /** Media that are uploaded, or known to Telegram from an upload: what becomes of them is recorded. */
  media: CalledMedium[]
  /** The message of a thread that it sends or edits. */
  thread: CalledThread | undefined
}

export interface CalledMedium {
  type: Medium['type']
  fileId: string
  /** Which of the call's messages shows it. */
  index: number
  /** The `file_id` that Telegram gave earlier and is told again; undefined for an upload. */
  telegramFileId: string | undefined
}

export interface CalledThread {
  key: string
  method: SendMethod
  shown: FormattedText
  kept: Record<string, unknown>
}

/** A delivery that cannot be sent: there is no call to make. */
export interface NoCall {
  failure: { class: 'message'; code: string }
  /** A later state of its thread is sent in its place. */
  isOvertaken?: boolean
  /** Everything of the message has been sent, or tried. */
  isOver?: boolean
  /** What the message can go without, so that there is one. */
  droppable?: Droppable
}

export function noCall(code: string, droppable?: Droppable): NoCall {
  return { failure: { class: 'message', code }, ...(droppable === undefined ? {} : { droppable }) }
}

export const plainCall = {
  uploads: [],
  messageCount: 1,
  isLast: true,
  droppable: [],
  editsMessageId: undefined,
  media: [],
  thread: undefined,
} satisfies Partial<Call>
