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
  /** Which of the call's messages shows it. */
  index: number
  /** The `file_id` that Telegram gave earlier and was told again; undefined for an upload. */
  telegramFileId: string | undefined
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

/** A file of it is just being uploaded: once that is done, it need not be uploaded again. */
export class UploadUnderWay extends Error {
  override readonly name = 'UploadUnderWay'
}

/** A file that was uploaded to us is no longer where files are kept. */
export class FileMissing extends Error {
  override readonly name = 'FileMissing'
}

/** What uploads of a bot are queued or under way, each by the delivery that makes it. */
export type OpenUploads = Map<string, string>

export function uploadKey({ fileId, type }: Pick<CalledMedium, 'fileId' | 'type'>): string {
  return `${type} ${fileId}`
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

/** The delivery is answered, or goes back: whoever is next may upload. */
export function closeUploads(uploads: OpenUploads, deliveryId: string): void {
  for (const [key, uploader] of uploads) if (uploader === deliveryId) uploads.delete(key)
}
