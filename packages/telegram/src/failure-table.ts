/**
 * Meanings of Telegram's refusals. The first row that fits decides; the source of the descriptions are the
 * sources of the Bot API server and TDLib, and core.telegram.org. An answer that no row fits counts against
 * the message (4xx) or is tried again (anything else).
 */
export interface FailureRow {
  codes: readonly number[]
  /** Matched without regard to case; a row without one fits any description. */
  pattern?: RegExp
  outcome: RefusalMeaning
}

/**
 * - `recipient`: nothing more to this chat; `ends` says what becomes of its connections, if anything.
 * - `message`: this message will never be taken; the chat is fine. With `isFormatting` its plain text might be.
 * - `bot`: every message would end like this; `isLasting` when only a person can change it.
 * - `transient`: try again later; `mayHaveArrived` when it may have been carried out all the same.
 */
export type RefusalMeaning =
  | { class: 'recipient'; code: string; ends: 'blocked' | 'gone' | undefined }
  | { class: 'message'; code: string; isFormatting: boolean }
  | { class: 'bot'; code: string; isLasting: boolean }
  | { class: 'transient'; code: string; mayHaveArrived: boolean }

const recipient = (code: string, ends?: 'blocked' | 'gone'): RefusalMeaning => ({ class: 'recipient', code, ends })
const message = (code: string, isFormatting = false): RefusalMeaning => ({ class: 'message', code, isFormatting })
const bot = (code: string, isLasting: boolean): RefusalMeaning => ({ class: 'bot', code, isLasting })
const unavailable: RefusalMeaning = { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }

export const failureTable: readonly FailureRow[] = [
  // Who or what is written to.
  { codes: [403], pattern: /blocked by the user/i, outcome: recipient('recipient_blocked', 'blocked') },
  { codes: [403], pattern: /user is deactivated/i, outcome: recipient('recipient_deactivated', 'gone') },
  { codes: [403], pattern: /can't initiate conversation/i, outcome: recipient('recipient_not_started', 'gone') },
  { codes: [403], pattern: /kicked|not a member|was deleted/i, outcome: recipient('recipient_gone', 'gone') },
  { codes: [403], pattern: /to (?:the )?bots?$/i, outcome: recipient('recipient_is_bot', 'gone') },
  { codes: [403], outcome: recipient('recipient_forbidden') },
  {
    codes: [400],
    pattern: /chat not found|PEER_ID_INVALID|CHAT_ID_INVALID|CHANNEL_PRIVATE|CHANNEL_INVALID|can't access the chat/i,
    outcome: recipient('recipient_gone', 'gone'),
  },
  {
    codes: [400],
    pattern: /message thread not found|TOPIC_CLOSED|TOPIC_DELETED|topic not found|not a forum|direct messages topic/i,
    outcome: recipient('topic_unavailable'),
  },
  {
    codes: [400],
    pattern:
      /CHAT_SEND_(?!PLAIN|WEBPAGE|GUEST|GAME)\w+_FORBIDDEN|VOICE_MESSAGES_FORBIDDEN|restricted receiving of|not enough rights to send (?!text|messages|web)/i,
    outcome: recipient('media_forbidden'),
  },
  {
    codes: [400],
    pattern: /CHAT_SEND_WEBPAGE_FORBIDDEN|not enough rights to (?:send|add) web ?page previews?/i,
    outcome: message('link_preview_refused'),
  },
  { codes: [400], pattern: /ALLOW_PAYMENT_REQUIRED/i, outcome: recipient('recipient_charges') },
  {
    codes: [400],
    pattern:
      /no write access|administrator rights|ADMIN_REQUIRED|not enough rights|no rights to send|_FORBIDDEN\b|CHAT_RESTRICTED|user restricted receiving|USER_BANNED_IN_CHANNEL|YOU_BLOCKED_USER|PRIVACY_PREMIUM_REQUIRED/i,
    outcome: recipient('recipient_forbidden'),
  },
  // The bot and the servers.
  { codes: [400], pattern: /Bad Gateway/i, outcome: unavailable },
  { codes: [400], pattern: /FROZEN_METHOD_INVALID|Logged out/i, outcome: bot('bot_frozen', true) },
  { codes: [400], pattern: /BALANCE_TOO_LOW|not enough Stars/i, outcome: bot('bot_balance_too_low', false) },
  { codes: [404], pattern: /method not found/i, outcome: bot('method_unknown', true) },
  { codes: [401, 404, 421], outcome: bot('bot_unauthorized', true) },
  { codes: [409], outcome: bot('bot_conflict', false) },
  // The message.
  { codes: [400], pattern: /rich message must be non-empty/i, outcome: message('rich_unsupported') },
  {
    codes: [400],
    pattern:
      /RICH_|rich (?:message|text)|InputRich|richBlock|inlineButton must|section heading|list must be|list item type|table cell|(?:horizontal|vertical) alignment|map properties|button row must|date-time format|unexpected media type|type "[^"]*" is unsupported/i,
    outcome: message('rich_refused'),
  },
  { codes: [400], pattern: / too long|MEDIA_CAPTION_TOO_LONG/i, outcome: message('message_too_long') },
  { codes: [413], outcome: message('message_too_large') },
  { codes: [400], pattern: /text is empty|must be non-empty/i, outcome: message('message_empty') },
  {
    codes: [400],
    pattern:
      /can't parse entities|can't parse MessageEntity|entity URL|entity begin|an entity with incorrect|ENTITY_|ENTITIES_|unsupported parse_mode|encoded in UTF-8/i,
    outcome: message('formatting_refused', true),
  },
  {
    codes: [400],
    pattern:
      /keyboard|reply markup|BUTTON_|can be requested in private chats only|REPLY_MARKUP_INVALID|switch_inline_query|Array of Arrays|bot "[^"]*" not found/i,
    outcome: message('buttons_refused'),
  },
  {
    codes: [400],
    pattern: /message to be replied not found|REPLY_MESSAGE_ID_INVALID|QUOTE_TEXT_INVALID|reply parameters/i,
    outcome: message('reply_target_gone'),
  },
  { codes: [400], pattern: /WEBPAGE_CURL_FAILED|WEBPAGE_MEDIA_EMPTY/i, outcome: message('media_unreachable') },
  { codes: [400], pattern: /link preview|WEBPAGE_/i, outcome: message('link_preview_refused') },
  { codes: [400], pattern: /effect/i, outcome: message('effect_refused') },
  { codes: [400], pattern: /failed to get HTTP URL content/i, outcome: message('media_unreachable') },
  {
    codes: [400],
    pattern: /wrong remote file identifier|wrong file identifier|file reference|FILE_REFERENCE_|wrong file_id/i,
    outcome: message('file_unknown'),
  },
  {
    codes: [400],
    pattern: /PHOTO_INVALID_DIMENSIONS|IMAGE_PROCESS_FAILED|photo has unsupported extension|photo is too big/i,
    outcome: message('photo_refused'),
  },
  {
    codes: [400],
    pattern:
      /there is no \w+ in the request|media|file|photo|PHOTO_|IMAGE_|VIDEO_|HTTP URL|web page content|album|group send failed|failed to send message #/i,
    outcome: message('media_refused'),
  },
  {
    codes: [400],
    pattern:
      /message to \w+ not found|can't be (?:edited|deleted|copied|forwarded)|can't copy|there is no (?:text|caption) in the message|MESSAGE_EDIT_TIME_EXPIRED|MESSAGE_AUTHOR_REQUIRED|MESSAGE_ID_INVALID|message identifier/i,
    outcome: message('message_unavailable'),
  },
  { codes: [400], outcome: message('message_refused') },
]
