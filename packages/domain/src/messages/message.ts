import type { Reading, TextFormat } from '@tellwire/format'

import type { AskedOptions } from '../questions/question.js'

// A message as it is stored and shown: the names are those of the REST interface.

export type AttachmentType = 'photo' | 'video' | 'animation' | 'audio' | 'voice' | 'document' | 'sticker'

/** One of `url`, `file` (uploaded here) and `file_id` (known to Telegram). */
export interface Attachment {
  type: AttachmentType
  url?: string
  /** The UUID of an uploaded file. */
  file?: string
  file_id?: string
  spoiler?: boolean
  /** Where Telegram refuses a photo for its size or shape, it goes as a document. */
  fallback?: 'document'
}

export const buttonStyles = ['primary', 'success', 'danger'] as const
export type ButtonStyle = (typeof buttonStyles)[number]

export type Button = { text: string; style?: ButtonStyle; icon?: string } & (
  | { url: string }
  | {
      action: string
      value?: unknown
      /** What the person who pressed is told. */
      answer?: string
    }
  | { copy: string }
  | { web_app: string }
)

/** What becomes of the buttons of a message in a chat once one was pressed there. */
export const afterPresses = ['keep', 'disable', 'replace'] as const
export type AfterPress = (typeof afterPresses)[number]

export type KeyboardButton = string | { text: string; request_contact?: boolean; request_location?: boolean }

/** In place of the letters of a person's phone. */
export interface Keyboard {
  buttons: KeyboardButton[][]
  resize?: boolean
  one_time?: boolean
  persistent?: boolean
  placeholder?: string
}

export interface LinkPreview {
  mode?: 'off' | 'small' | 'large'
  above?: boolean
  url?: string
}

/** Whether a text goes as a rich message of Telegram: where that shows more than text and entities can, or always. */
export type Rich = 'auto' | true

export type Overflow = 'split' | 'truncate' | 'file' | 'reject'
export type ThreadMode = 'replace' | 'reply' | 'append'

/** Everything of a message but its text. */
export interface MessageOptions {
  overflow?: Overflow
  attachments?: Attachment[]
  buttons?: Button[][]
  after_press?: AfterPress
  keyboard?: Keyboard
  remove_keyboard?: true
  silent?: boolean
  protect?: boolean
  link_preview?: 'auto' | 'default' | 'off' | 'small' | 'large' | LinkPreview
  /** The number of a topic of a forum. */
  forum_topic?: number
  rich?: Rich
  /** Names of emoji between colons are shown as emoji. */
  shortcodes?: boolean
  /** The UUID of a notification. */
  reply_to?: string
  /** The message of a person that this answers, in the chat where it was written. */
  reply_to_message?: HeardReference
  effect?: string
  /** Further parameters of the Bot API, as they are. */
  telegram?: Record<string, unknown>
  thread_key?: string
  mode?: ThreadMode
  /** A state of its thread that the next one takes the place of: in a private chat a preview. */
  draft?: true
  template?: TemplateUse
  /** It asks something, and waits for an answer. */
  question?: AskedOptions
  /** Stands below the text once the question has ended. */
  outcome?: string
}

/** A message of a person: its UUID, the UUID of the connection that it came by, and Telegram's number of it. */
export interface HeardReference {
  id: string
  connection_id: string
  message_id: number
}

/** The text comes from a version of a template, when the message is sent. */
export interface TemplateUse {
  /** The UUID of the template. */
  id: string
  version: number
  variables: Record<string, unknown>
  locale?: string
}

export interface MessageContent {
  format: TextFormat
  text: string
  /** Values of the placeholders of a text that came from a template. */
  values?: readonly string[]
  options: MessageOptions
}

/**
 * What a message can go without, where Telegram refuses just that. Without `photo` a photo goes as a document, without
 * `album` each medium as a message of its own, without `file` a long text as messages, without `thread` as a new message,
 * without `draft` as a message of its thread, without `button_icons` with the words of its buttons alone, without `rich` as
 * text and entities: of several rich messages from the one with that place on. Without `rich_layout` it is edited as if
 * nobody had asked for rich messages. A single attachment is named by its place, counted from 0; `new_media` is the one
 * that an edit brings. Without `former_chat` an edit of a message from before its group became a supergroup goes to the
 * supergroup.
 */
export type Droppable =
  | 'draft'
  | 'rich'
  | `rich/${number}`
  | 'rich_layout'
  | 'formatting'
  | `formatting/${number}`
  | 'forum_topic'
  | 'effect'
  | 'reply_to'
  | 'link_preview'
  | 'button_icons'
  | 'buttons'
  | 'keyboard'
  | 'photo'
  | 'album'
  | 'file'
  | 'thread'
  | 'new_media'
  | 'former_chat'
  | `attachments/${number}`

/** How the text of a message is read. */
export function readingOf({ values, options }: Pick<MessageContent, 'values' | 'options'>): Reading {
  return { values, shortcodes: options.shortcodes }
}
