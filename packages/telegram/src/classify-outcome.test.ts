import { expect, test } from 'vitest'
import { classifyOutcome, type OutcomeClass } from './classify-outcome.js'
import { failureTable } from './failure-table.js'

function refused(
  code: number,
  description: string,
  parameters: { retryAfterSeconds?: number; migrateToChatId?: number } = {},
) {
  return {
    kind: 'refused' as const,
    code,
    description,
    retryAfterSeconds: parameters.retryAfterSeconds,
    migrateToChatId: parameters.migrateToChatId,
  }
}

/** Telegram's words, by what they mean. */
const refusals: [code: number, meaning: string, descriptions: string[]][] = [
  [403, 'recipient recipient_blocked blocked', ['Forbidden: bot was blocked by the user']],
  [403, 'recipient recipient_deactivated gone', ['Forbidden: user is deactivated']],
  [403, 'recipient recipient_not_started gone', ["Forbidden: bot can't initiate conversation with a user"]],
  [
    403,
    'recipient recipient_gone gone',
    [
      'Forbidden: bot was kicked from the group chat',
      'Forbidden: bot was kicked from the supergroup chat',
      'Forbidden: bot was kicked from the channel chat',
      'Forbidden: bot is not a member of the group chat',
      'Forbidden: bot is not a member of the supergroup chat',
      'Forbidden: bot is not a member of the channel chat',
      'Forbidden: the group chat was deleted',
    ],
  ],
  [
    403,
    'recipient recipient_is_bot gone',
    ["Forbidden: the bot can't send messages to the bot", "Forbidden: bot can't send messages to bots"],
  ],
  [403, 'recipient recipient_forbidden -', ['Forbidden: something new']],
  [
    400,
    'recipient recipient_gone gone',
    [
      'Bad Request: chat not found',
      'Bad Request: private chat not found',
      "Bad Request: can't access the chat",
      'Bad Request: CHANNEL_PRIVATE',
      'Bad Request: CHANNEL_INVALID',
      'Bad Request: CHAT_ID_INVALID',
      'Bad Request: PEER_ID_INVALID',
    ],
  ],
  [
    400,
    'recipient recipient_forbidden -',
    [
      'Bad Request: have no write access to the chat',
      'Bad Request: need administrator rights in the channel chat',
      'Bad Request: CHAT_ADMIN_REQUIRED',
      'Bad Request: not enough rights to send text messages to the chat',
      'Bad Request: have no rights to send a message',
      'Bad Request: CHAT_WRITE_FORBIDDEN',
      'Bad Request: CHAT_RESTRICTED',
      'Bad Request: CHAT_SEND_PLAIN_FORBIDDEN',
      'Bad Request: USER_BANNED_IN_CHANNEL',
      'Bad Request: YOU_BLOCKED_USER',
      'Bad Request: PRIVACY_PREMIUM_REQUIRED',
      'Bad Request: CHAT_GUEST_SEND_FORBIDDEN',
    ],
  ],
  [
    400,
    'recipient media_forbidden -',
    [
      'Bad Request: not enough rights to send photos to the chat',
      'Bad Request: not enough rights to send video notes to the chat',
      'Bad Request: CHAT_SEND_MEDIA_FORBIDDEN',
      'Bad Request: CHAT_SEND_PHOTOS_FORBIDDEN',
      'Bad Request: CHAT_SEND_STICKERS_FORBIDDEN',
      'Bad Request: VOICE_MESSAGES_FORBIDDEN',
      'Bad Request: user restricted receiving of voice note messages',
      'Bad Request: user restricted receiving of video note messages',
    ],
  ],
  [400, 'recipient recipient_charges -', ['Bad Request: ALLOW_PAYMENT_REQUIRED_50']],
  [
    400,
    'recipient topic_unavailable -',
    [
      'Bad Request: message thread not found',
      'Bad Request: TOPIC_CLOSED',
      'Bad Request: TOPIC_DELETED',
      'Bad Request: topic not found',
      'Bad Request: chat is not a forum',
      'Bad Request: channel direct messages topic must be specified',
      'Bad Request: wrong direct messages topic identifier specified',
    ],
  ],
  [400, 'message message_empty -', ['Bad Request: message text is empty', 'Bad Request: text must be non-empty']],
  [
    400,
    'message message_too_long -',
    [
      'Bad Request: message is too long',
      'Bad Request: message caption is too long',
      'Bad Request: text is too long',
      'Bad Request: reply markup is too long',
    ],
  ],
  [413, 'message message_too_large -', ['Request Entity Too Large', 'HTTP status 413']],
  [
    400,
    'message formatting_refused plain',
    [
      "Bad Request: can't parse entities: Can't find end of Bold entity at byte offset 3",
      "Bad Request: can't parse MessageEntity: Unsupported type specified",
      "Bad Request: entity URL 'x' is invalid: Wrong HTTP URL",
      'Bad Request: entity beginning at UTF-16 offset 3 ends in a middle of a UTF-16 symbol at byte offset 5',
      'Bad Request: entity beginning at UTF-16 offset 3 ends after the end of the text at UTF-16 offset 4',
      'Bad Request: entity begins in a middle of a UTF-16 symbol at byte offset 3',
      'Bad Request: entity begins after the end of the text at UTF-16 offset 3',
      'Bad Request: receive an entity with incorrect offset -1',
      'Bad Request: ENTITY_BOUNDS_INVALID',
      'Bad Request: ENTITIES_TOO_LONG',
      'Bad Request: ENTITY_MENTION_USER_INVALID',
      'Bad Request: unsupported parse_mode',
      'Bad Request: text must be encoded in UTF-8',
      'Bad Request: strings must be encoded in UTF-8',
    ],
  ],
  [400, 'message rich_unsupported -', ['Bad Request: rich message must be non-empty']],
  [
    400,
    'message rich_refused -',
    [
      "Bad Request: can't parse rich message JSON object",
      'Bad Request: object expected as rich message',
      'Bad Request: object expected as InputRichMessageBlock',
      'Bad Request: object expected as InputRichBlockListItem',
      'Bad Request: richBlockTableCell must be an object',
      'Bad Request: invalid rich text specified',
      'Bad Request: unsupported rich text type',
      'Bad Request: invalid date-time format specified',
      'Bad Request: invalid section heading size specified',
      'Bad Request: list must be either ordered or unordered',
      'Bad Request: invalid table cell colspan specified',
      'Bad Request: can\'t parse InputRichBlock: type "table" is unsupported',
      'Bad Request: unexpected media type "video" for block "photo"',
      'Bad Request: RICH_MESSAGE_PHOTO_NO_MEDIA_FOUND',
      'Bad Request: RICH_VALIDATE_CTOR_NOT_ALLOWED',
    ],
  ],
  [
    400,
    'message buttons_refused -',
    [
      "Bad Request: can't parse reply keyboard markup JSON object",
      'Bad Request: object expected as reply markup',
      'Bad Request: phone number can be requested in private chats only',
      'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
      "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
      'Bad Request: field "keyboard" must be an Array of Arrays',
      'Bad Request: inline keyboard expected',
      "Bad Request: inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
      'Bad Request: bot "somebot" not found',
      'Bad Request: BUTTON_DATA_INVALID',
      'Bad Request: BUTTON_URL_INVALID',
      'Bad Request: BUTTON_TYPE_INVALID',
      'Bad Request: BUTTON_COPY_TEXT_INVALID',
      'Bad Request: BUTTON_USER_PRIVACY_RESTRICTED',
      'Bad Request: REPLY_MARKUP_INVALID',
      "Bad Request: can't use switch_inline_query button in a channel chat, because users will not be able to use the button without knowing bot's username",
    ],
  ],
  [
    400,
    'message reply_target_gone -',
    [
      'Bad Request: message to be replied not found',
      'Bad Request: REPLY_MESSAGE_ID_INVALID',
      'Bad Request: QUOTE_TEXT_INVALID',
      "Bad Request: can't parse reply parameters JSON object",
      'Bad Request: object expected as reply parameters',
    ],
  ],
  [
    400,
    'message link_preview_refused -',
    [
      "Bad Request: can't parse link preview options JSON object",
      'Bad Request: object expected as link preview options',
      'Bad Request: WEBPAGE_NOT_FOUND',
      'Bad Request: CHAT_SEND_WEBPAGE_FORBIDDEN',
      'Bad Request: not enough rights to send web page previews to the chat',
      'Bad Request: WEBPAGE_URL_INVALID',
    ],
  ],
  [
    400,
    'message media_refused -',
    [
      'Bad Request: there is no photo in the request',
      'Bad Request: parameter "media" is required',
      "Bad Request: can't parse media JSON object",
      'Bad Request: expected an Array of InputMedia',
      "Bad Request: can't parse InputMedia: media not found",
      "Bad Request: can't use file of type Photo as Document",
      'Bad Request: wrong HTTP URL specified',
      'Bad Request: invalid file HTTP URL specified: URL host is empty',
      'Bad Request: wrong type of the web page content',
      "Bad Request: can't upload file by URL",
      'Bad Request: VIDEO_CONTENT_TYPE_INVALID',
      'Bad Request: too many messages to send as an album',
      'Bad Request: group send failed',
      'Bad Request: failed to send message #2 with the error message "MEDIA_EMPTY"',
      "Bad Request: can't use the media of the specified type in the album",
      'Bad Request: file is too big',
    ],
  ],
  [
    400,
    'message file_unknown -',
    [
      'Bad Request: wrong file identifier/HTTP URL specified',
      'Bad Request: FILE_REFERENCE_EXPIRED',
      "Bad Request: wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
    ],
  ],
  [
    400,
    'message photo_refused -',
    [
      'Bad Request: photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp',
      'Bad Request: PHOTO_INVALID_DIMENSIONS',
      'Bad Request: IMAGE_PROCESS_FAILED',
    ],
  ],
  [
    400,
    'message media_unreachable -',
    [
      'Bad Request: failed to get HTTP URL content',
      'Bad Request: failed to send message #1 with the error message "WEBPAGE_CURL_FAILED"',
    ],
  ],
  [
    400,
    'message effect_refused -',
    [
      "Bad Request: can't use message effects in the chat",
      "Bad Request: can't use message effects in the method",
      'Bad Request: EFFECT_ID_INVALID',
    ],
  ],
  [
    400,
    'message message_unavailable -',
    [
      'Bad Request: message to edit not found',
      'Bad Request: message to delete not found',
      "Bad Request: message can't be edited",
      'Bad Request: there is no text in the message to edit',
      'Bad Request: MESSAGE_EDIT_TIME_EXPIRED',
      'Bad Request: MESSAGE_AUTHOR_REQUIRED',
      'Bad Request: MESSAGE_ID_INVALID',
      'Bad Request: message identifier is not specified',
      "Bad Request: message can't be deleted for everyone",
    ],
  ],
  [400, 'message message_refused -', ['Bad Request: something new', 'Bad Request: chat_id is empty']],
  [418, 'message message_refused -', ['something new']],
  [400, 'bot bot_frozen lasting', ['Bad Request: FROZEN_METHOD_INVALID', 'Logged out']],
  [400, 'bot bot_balance_too_low -', ['Bad Request: BALANCE_TOO_LOW']],
  [401, 'bot bot_unauthorized lasting', ['Unauthorized', 'Unauthorized: invalid token specified']],
  [404, 'bot bot_unauthorized lasting', ['Not Found']],
  [404, 'bot method_unknown lasting', ['Not Found: method not found']],
  [421, 'bot bot_unauthorized lasting', ['Misdirected Request: unallowed token specified']],
  [409, 'bot bot_conflict -', ['Conflict: terminated by other getUpdates request']],
  [400, 'transient telegram_unavailable maybe', ['Bad Request: Bad Gateway']],
  [
    500,
    'transient telegram_unavailable maybe',
    ['Internal Server Error: restart', 'Internal Server Error: MSG_WAIT_FAILED', 'RANDOM_ID_DUPLICATE'],
  ],
  [502, 'transient telegram_unavailable maybe', ['HTTP status 502', 'Bad Gateway']],
  [504, 'transient telegram_unavailable maybe', ['HTTP status 504']],
]

/** What a refusal means, in three words. */
function inWords(meaning: OutcomeClass): string {
  switch (meaning.class) {
    case 'recipient':
      return `recipient ${meaning.code} ${meaning.ends ?? '-'}`
    case 'message':
      return `message ${meaning.code} ${meaning.isFormatting ? 'plain' : '-'}`
    case 'bot':
      return `bot ${meaning.code} ${meaning.isLasting ? 'lasting' : '-'}`
    case 'transient':
      return `transient ${meaning.code} ${meaning.mayHaveArrived ? 'maybe' : '-'}`
    case 'sent':
    case 'flood':
    case 'migrate':
      return meaning.class
  }
}

const cases = refusals.flatMap(([code, meaning, descriptions]) =>
  descriptions.map((description) => [code, description, meaning] as const),
)

test.each(cases)('classifies %i %s as %s', (code, description, meaning) => {
  expect(inWords(classifyOutcome(refused(code, description)))).toBe(meaning)
})

test('has a row of the test table for every row of the failure table', () => {
  const rowOf = (code: number, description: string) =>
    failureTable.findIndex(({ codes, pattern }) => codes.includes(code) && (pattern?.test(description) ?? true))

  const used = new Set(cases.map(([code, description]) => rowOf(code, description)))

  expect(failureTable.map((_, index) => index).filter((index) => !used.has(index))).toEqual([])
})

test('treats an edit that changes nothing as done', () => {
  expect(classifyOutcome(refused(400, 'Bad Request: message is not modified: specified new …'))).toEqual({
    class: 'sent',
  })
})

test('obeys retry_after and waits a second where it is missing', () => {
  expect(classifyOutcome(refused(429, 'Too Many Requests: retry after 7', { retryAfterSeconds: 7 }))).toEqual({
    class: 'flood',
    retryAfterSeconds: 7,
  })
  expect(classifyOutcome(refused(429, 'Too Many Requests'))).toEqual({ class: 'flood', retryAfterSeconds: 1 })
})

test('follows a group to its new id', () => {
  const outcome = refused(400, 'Bad Request: group chat was upgraded to a supergroup chat', { migrateToChatId: -1001 })

  expect(classifyOutcome(outcome)).toEqual({ class: 'migrate', toChatId: -1001 })
})

test('knows whether an unanswered call may have arrived', () => {
  expect(classifyOutcome({ kind: 'no_answer', reason: 'ECONNREFUSED', isUnsent: true })).toMatchObject({
    class: 'transient',
    mayHaveArrived: false,
  })
  expect(classifyOutcome({ kind: 'no_answer', reason: 'timeout', isUnsent: false })).toMatchObject({
    class: 'transient',
    mayHaveArrived: true,
  })
})

test.each([400, 401, 403, 404, 409])(
  'a %i that is not in the form of Telegram says nothing about the bot or the chat',
  (code) => {
    const answer = { ...refused(code, `HTTP status ${code}`), isForeign: true as const }

    expect(classifyOutcome(answer)).toEqual({ class: 'transient', code: 'telegram_unavailable', mayHaveArrived: false })
  },
)
