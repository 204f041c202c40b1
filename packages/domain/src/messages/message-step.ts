import type { FormattedText } from '@tellwire/format'
import type { AttachmentType, Droppable } from './message.js'

export type SendMethod =
  | 'sendMessage'
  | 'sendRichMessage'
  | 'sendPhoto'
  | 'sendVideo'
  | 'sendAnimation'
  | 'sendAudio'
  | 'sendVoice'
  | 'sendDocument'
  | 'sendSticker'
  | 'sendMediaGroup'

/** Where a medium comes from: an address or a `file_id`, an uploaded file, or a text that is made a file. */
export type MediaSource = { known: string } | { fileId: string } | { text: string; name: string }

export interface Medium {
  type: AttachmentType
  source: MediaSource
  hasSpoiler: boolean
  /** Its place among the attachments that were posted; undefined for a file that is made of the text. */
  place: number | undefined
  /** As what it goes where Telegram refuses it as what it is. */
  fallback: AttachmentType | undefined
}

/** One call of the Bot API. The chat and the media are put in by whoever makes it. */
export interface MessageStep {
  method: SendMethod
  params: Record<string, unknown>
  media: Medium[]
  /** What the chat will show of text: of a message, or a caption. */
  shown: FormattedText
  /** What the message can go without, of what this call has along. */
  droppable: Droppable[]
}

/** A step before it is known what comes along with it. */
export type Body = Omit<MessageStep, 'droppable'> & {
  /** Of a rich message: its place among those of its text. */
  richPlace?: number
}
