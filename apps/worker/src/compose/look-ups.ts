import type { SendMethod, TemplateContent, TemplateReader } from '@tellwire/domain'
import type { FormattedText } from '@tellwire/format'
import type { Upload } from '@tellwire/telegram'

/** The message that a thread has in a chat. */
export interface Thread {
  /** The notification that the message shows. */
  notificationId: string
  messageId: number
  method: SendMethod
  shown: FormattedText
  /** Its buttons and its preview, as parameters: an edit that does not name them keeps them. */
  kept: Record<string, unknown>
}

/** How a file that was uploaded here gets to Telegram. */
export type StoredFile =
  | { kind: 'known'; telegramFileId: string }
  | { kind: 'upload'; upload: Omit<Upload, 'field'> }
  | { kind: 'missing' }

/** A message that was sent before: in the chat that is written to, or in the group from which that was made. */
export interface MessageReference {
  messageId: number
  chatId: string
}

/** All that has to be read before the call of a delivery can be composed. */
export interface LookUps {
  /** The version of the template, and who reads it; null where the version is gone. */
  template: { content: TemplateContent; reader: TemplateReader } | null
  /** The message of the notification's thread in the chat. */
  thread: Thread | undefined
  /** A later state of the thread waits already. */
  isOvertaken: boolean
  /** The message that the notification answers. */
  replyTo: MessageReference | undefined
  /** Of an edit: what was sent, and to which chat. */
  sent: { chatId: string; messageIds: number[]; dropped: string[] } | undefined
  /** Uploaded files by `mediumKey`. */
  files: ReadonlyMap<string, StoredFile>
  /** Whose message it is, where several tenants use the bot. */
  sender: string | undefined
}

export const noLookUps: LookUps = {
  template: null,
  thread: undefined,
  isOvertaken: false,
  replyTo: undefined,
  sent: undefined,
  files: new Map(),
  sender: undefined,
}
