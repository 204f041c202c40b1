import { expect, test } from 'vitest'
import { classifyOutcome } from './classify-outcome.js'

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

test.each([
  [403, 'Forbidden: bot was blocked by the user', { class: 'recipient', code: 'recipient_blocked', ends: 'blocked' }],
  [403, 'Forbidden: user is deactivated', { class: 'recipient', code: 'recipient_deactivated', ends: 'gone' }],
  [
    403,
    "Forbidden: bot can't initiate conversation with a user",
    { class: 'recipient', code: 'recipient_not_started', ends: 'gone' },
  ],
  [
    403,
    'Forbidden: bot was kicked from the supergroup chat',
    { class: 'recipient', code: 'recipient_gone', ends: 'gone' },
  ],
  [
    403,
    'Forbidden: bot is not a member of the channel chat',
    { class: 'recipient', code: 'recipient_gone', ends: 'gone' },
  ],
  [403, 'Forbidden: the group chat was deleted', { class: 'recipient', code: 'recipient_gone', ends: 'gone' }],
  [403, 'Forbidden: something new', { class: 'recipient', code: 'recipient_forbidden', ends: undefined }],
  [400, 'Bad Request: chat not found', { class: 'recipient', code: 'recipient_gone', ends: 'gone' }],
  [400, 'Bad Request: CHAT_WRITE_FORBIDDEN', { class: 'recipient', code: 'recipient_forbidden', ends: undefined }],
  [
    400,
    'Bad Request: not enough rights to send text messages to the chat',
    { class: 'recipient', code: 'recipient_forbidden', ends: undefined },
  ],
  [400, 'Bad Request: TOPIC_CLOSED', { class: 'recipient', code: 'recipient_forbidden', ends: undefined }],
  [400, 'Bad Request: Bad Gateway', { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }],
  [400, 'Bad Request: message is too long', { class: 'message', code: 'message_too_long' }],
  [400, "Bad Request: can't parse entities: x", { class: 'message', code: 'message_refused' }],
  [400, 'Bad Request: something new', { class: 'message', code: 'message_refused' }],
  [418, 'something new', { class: 'message', code: 'message_refused' }],
  [413, 'HTTP status 413', { class: 'message', code: 'message_refused' }],
  [401, 'Unauthorized', { class: 'bot', code: 'bot_unauthorized' }],
  [404, 'Not Found', { class: 'bot', code: 'bot_unauthorized' }],
  [409, 'Conflict: terminated by other getUpdates request', { class: 'bot', code: 'bot_conflict' }],
  [500, 'Internal Server Error: restart', { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }],
  [502, 'HTTP status 502', { class: 'transient', code: 'telegram_unavailable', mayHaveArrived: true }],
])('classifies %i %s', (code, description, expected) => {
  expect(classifyOutcome(refused(code, description))).toEqual(expected)
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
