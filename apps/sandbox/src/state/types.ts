import type { RichBlock } from '@tellwire/format'
import type { MessageEntity, Update } from '@tellwire/telegram'
import type { ForcedReply, ReplyKeyboard, StoredKeyboard } from '../bot-api/keyboard.js'

/** One registered bot with what waits for it. */
export interface SandboxBot {
  id: number
  username: string
  firstName: string
  token: string
  /** Updates that were not confirmed or delivered, oldest first. */
  updates: QueuedUpdate[]
  nextUpdateId: number
  nextMessageId: number
  /** Undefined stands for Telegram's default set. */
  allowedUpdates: string[] | undefined
  webhook: Webhook | undefined
  commands: BotCommand[]
  /** Those for one language. */
  commandsOf?: Record<string, BotCommand[]> | undefined
}

export interface BotCommand {
  command: string
  description: string
}

export interface QueuedUpdate {
  update: Update
  /** Updates with one key are delivered one after the other. */
  queueKey: string
  expiresAtMs: number
}

export interface Webhook {
  url: string
  secretToken: string | undefined
  maxConnections: number
  lastErrorDate: number | undefined
  lastErrorMessage: string | undefined
  /** Since when the endpoint answers nothing but 410. */
  goneSinceMs: number | undefined
}

export interface Person {
  id: number
  firstName: string
  languageCode: string | undefined
  /** The app is one that loses what a start link carries. */
  losesPayloads?: boolean | undefined
}

export interface Group {
  id: number
  title: string
  type: 'group' | 'supergroup' | 'channel'
  /** People's ids. */
  members: number[]
  /** Ids of those of them who administrate it; undefined for the first alone, who made it. */
  administrators?: number[] | undefined
  /** Ids of the bots in it. */
  bots: number[]
  /** What bots may do in it, by their ids; one without an entry is a plain member. */
  rights?: Record<string, BotRights> | undefined
  /** Ids of the bots that were removed. */
  formerBots: number[]
  nextMessageId: number
  /** The supergroup that it became. */
  migratedTo?: number | undefined
  /** A forum's threads; undefined in a group that is none. */
  topics?: ForumTopic[] | undefined
}

/** What a bot may do in a group or channel. */
export interface BotRights {
  status: 'member' | 'administrator' | 'restricted'
  /** In a channel. */
  canPost: boolean
  /** In a group. */
  canSend: boolean
}

export interface ForumTopic {
  id: number
  title: string
  isClosed: boolean
}

/** A person's private chat with a bot. */
export interface Dialog {
  botId: number
  personId: number
  isBlocked: boolean
}

/** A rich message, as it was sent. */
export interface StoredRich {
  blocks: RichBlock[]
}

/** A preview of a message, in a private chat. */
export interface Draft {
  draftId: number
  /** When it was shown. */
  atMs: number
  text: string
  entities: MessageEntity[]
  rich: StoredRich | undefined
}

export interface StoredMessage {
  messageId: number
  /** Seconds since the epoch. */
  date: number
  editDate: number | undefined
  text: string
  entities: MessageEntity[]
  /** Of a bot or a person. */
  fromId: number
  fromBot: boolean
  replyMarkup: StoredKeyboard | undefined
  /** With it, the text is its words. */
  rich?: StoredRich | undefined
  /** With it, the text is a caption. */
  media?: StoredMedia | undefined
  /** Messages of one album share it. */
  mediaGroupId?: string | undefined
  replyToMessageId?: number | undefined
  /** The chat of that message, where it is another. */
  replyToChatId?: number | undefined
  topicId?: number | undefined
  isSilent?: boolean | undefined
  isProtected?: boolean | undefined
  effectId?: string | undefined
  linkPreview?: Record<string, unknown> | undefined
  isCaptionAbove?: boolean | undefined
  /** The bot in whose private chat with a person it stands. */
  botId?: number | undefined
  /** A place, a contact and the like, as Telegram shows it. */
  plain?: Record<string, unknown> | undefined
  /** An administrator wrote it in the name of the group. */
  isAnonymous?: boolean | undefined
  /** The channel from which it was forwarded, and its number there. */
  forwardedFrom?: { chatId: number; messageId: number } | undefined
  /** Offered in place of the letters of the phone, or taken away. */
  keyboard?: ReplyKeyboard | undefined
  /** The app opens an answer to it. */
  forcedReply?: ForcedReply | undefined
  /** Emoji of people, by their ids. */
  reactions?: Record<string, string[]> | undefined
}

export interface StoredMedia {
  type: MediaType
  fileId: string
  hasSpoiler: boolean
}

export type MediaType = 'photo' | 'video' | 'animation' | 'audio' | 'voice' | 'video_note' | 'document' | 'sticker'

/** A file that Telegram has. */
export interface StoredFile {
  fileId: string
  uniqueId: string
  botId: number
  type: MediaType
  name: string
  mimeType: string
  size: number
  width: number
  height: number
  /** Where it is elsewhere, and was not fetched from. */
  url: string | undefined
}

export interface LoggedRequest {
  seq: number
  /** When the request's head arrived, in milliseconds since the epoch, with decimals. */
  at_ms: number
  bot: string | null
  method: string
  chat_id: number | string | null
  /** Whether it was carried out. */
  accepted: boolean
  /** The HTTP status that was answered; null where nothing was. */
  status: number | null
  text: string | null
}

export interface Limits {
  enabled: boolean
  bot_per_second: number
  chat_per_second: number
  group_per_minute: number
  /** For how long a press can be answered. */
  press_seconds: number
}

export interface Fault {
  method?: string | undefined
  chat_id?: string | undefined
  bot?: string | undefined
  kind: 'status' | 'timeout_before' | 'timeout_after' | 'reset'
  status?: number | undefined
  description?: string | undefined
  retry_after?: number | undefined
  migrate_to_chat_id?: number | undefined
  times: number
}
