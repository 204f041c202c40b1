import { failureTable } from '@tellwire/telegram'
import { describe, expect, test } from 'vitest'
import { aNotification, anEdit, queued } from '../../test/deliveries.js'
import { type Answer, judge, type Moment } from './judge.js'
import { retryForMs } from './retry-policy.js'
import { noCall } from '../compose/call.js'
import { judgeNoCall, judgeUnsent } from './verdict.js'

const now: Moment = { date: new Date('2026-11-21T18:00:00.000Z'), monotonicMs: 1_000, random: () => 0.5 }
const at = '2026-11-21T18:00:00.000Z'

const refused = (
  code: number,
  description: string,
  more: Partial<Extract<Answer, { kind: 'refused' }>> = {},
): Answer => ({
  kind: 'refused',
  code,
  description,
  retryAfterSeconds: undefined,
  migrateToChatId: undefined,
  ...more,
})
const ok = (result: unknown): Answer => ({ kind: 'ok', result })
const noAnswer = (isUnsent: boolean): Answer => ({ kind: 'no_answer', reason: 'timeout', isUnsent })
const failed = (failureClass: string, code: string, telegramCode: number, description: string) => ({
  result: 'failed',
  failure: { class: failureClass, code, telegram_code: telegramCode, telegram_description: description, at },
})

describe('what Telegram took', () => {
  test.for([
    ['a message', {}, { message_id: 7 }, { result: 'sent', messageIds: [7] }],
    ['a part of a message', { isLast: false }, { message_id: 7 }, { result: 'advance', messageIds: [7] }],
    ['an album', {}, [{ message_id: 7 }, { message_id: 8 }], { result: 'sent', messageIds: [7, 8] }],
    ['an answer without a number', {}, true, { result: 'sent', messageIds: [] }],
    ['an edit', { editsMessageId: 5 }, true, { result: 'sent', messageIds: [5] }],
  ] as const)('%s', ([, call, result, verdict]) => {
    expect(judge(queued(aNotification(), call), ok(result), now)).toEqual({
      verdict,
      consequences: [{ kind: 'bot_accepted' }],
    })
  })

  test('is recorded where later messages need it', () => {
    const thread = { key: 'k', method: 'sendMessage' as const, shown: { text: 'x', entities: [] }, kept: {} }
    const media = [{ type: 'photo' as const, fileId: 'f', index: 0, telegramFileId: undefined }]
    const message = { message_id: 7 }

    for (const call of [{ thread }, { media }]) {
      expect(judge(queued(aNotification(), call), ok(message), now).consequences).toContainEqual({
        kind: 'messages_sent',
        messages: [message],
      })
    }
  })

  test('"message is not modified" is what was wanted', () => {
    const answer = refused(400, 'Bad Request: message is not modified: specified new message content …')

    expect(judge(queued(anEdit(), { editsMessageId: 5 }), answer, now).verdict).toEqual({
      result: 'sent',
      messageIds: [5],
    })
  })
})

describe('a rich message', () => {
  const text = 'word '.repeat(100)
  const rich = (blocks: object[]) => ({
    method: 'sendRichMessage' as const,
    params: { rich_message: { blocks } },
    droppable: ['rich' as const, 'buttons' as const],
  })
  const sent = rich([{ type: 'paragraph', text }])

  test('that came back whole is sent, however its texts are parted', () => {
    const echo = {
      blocks: [{ type: 'paragraph', text: [{ type: 'bold', text: text.slice(0, 40) }, text.slice(40).trim()] }],
    }

    expect(judge(queued(aNotification(), sent), ok({ message_id: 7, rich_message: echo }), now).verdict).toEqual({
      result: 'sent',
      messageIds: [7],
    })
  })

  test('of which a part was left out follows as text', () => {
    const echo = { blocks: [{ type: 'paragraph', text: text.slice(0, 200) }] }
    const answer = ok({ message_id: 7, rich_message: echo })

    const { verdict, consequences } = judge(queued(aNotification(), sent), answer, now)

    expect(verdict).toMatchObject({ result: 'degrade', dropped: 'rich' })
    expect(consequences).toContainEqual({ kind: 'message_withdrawn', messageId: 7 })
  })

  test.for([
    [400, 'Bad Request: rich message must be non-empty', true],
    [404, 'Not Found: method not found', true],
    [400, 'Bad Request: RICH_MESSAGE_EMPTY', false],
    [400, 'Bad Request: BUTTON_DATA_INVALID', undefined],
  ] as const)('%s %s is remembered of its server: %s', ([code, description, isRemembered]) => {
    const { verdict, consequences } = judge(queued(aNotification(), sent), refused(code, description), now)

    expect(verdict).toMatchObject({ result: 'degrade', dropped: isRemembered === undefined ? 'buttons' : 'rich' })
    expect(consequences).toEqual(isRemembered ? [{ kind: 'rich_unsupported' }] : [])
  })

  test('whose answer was lost is not taken for refused', () => {
    expect(judge(queued(aNotification(), sent), noAnswer(false), now).verdict).toMatchObject({ result: 'retry' })
  })
})

/** A description of Telegram's for each row of the failure table. */
const descriptions: Record<string, string[]> = {
  recipient_blocked: ['Forbidden: bot was blocked by the user'],
  recipient_deactivated: ['Forbidden: user is deactivated'],
  recipient_not_started: ["Forbidden: bot can't initiate conversation with a user"],
  recipient_gone: ['Forbidden: bot was kicked from the supergroup chat', 'Bad Request: chat not found'],
  recipient_is_bot: ["Forbidden: bot can't send messages to bots"],
  recipient_forbidden: [
    'Forbidden: something else',
    'Bad Request: not enough rights to send text messages to the chat',
  ],
  media_forbidden: ['Bad Request: VOICE_MESSAGES_FORBIDDEN'],
  topic_unavailable: ['Bad Request: message thread not found'],
  recipient_charges: ['Bad Request: ALLOW_PAYMENT_REQUIRED'],
  telegram_unavailable: ['Bad Request: Bad Gateway'],
  bot_frozen: ['Bad Request: FROZEN_METHOD_INVALID'],
  bot_balance_too_low: ['Bad Request: BALANCE_TOO_LOW'],
  bot_unauthorized: ['Unauthorized'],
  bot_conflict: ['Conflict: terminated by other getUpdates request'],
  method_unknown: ['Not Found: method not found'],
  rich_unsupported: ['Bad Request: rich message must be non-empty'],
  rich_refused: ['Bad Request: RICH_MESSAGE_TOO_LARGE'],
  message_too_long: ['Bad Request: message is too long'],
  message_too_large: ['Request Entity Too Large'],
  message_empty: ['Bad Request: message text is empty'],
  formatting_refused: ["Bad Request: can't parse entities: unexpected end"],
  buttons_refused: ['Bad Request: BUTTON_URL_INVALID'],
  reply_target_gone: ['Bad Request: message to be replied not found'],
  media_unreachable: ['Bad Request: WEBPAGE_CURL_FAILED', 'Bad Request: failed to get HTTP URL content'],
  link_preview_refused: ['Bad Request: link preview is invalid', 'Bad Request: CHAT_SEND_WEBPAGE_FORBIDDEN'],
  effect_refused: ['Bad Request: EFFECT_ID_INVALID'],
  file_unknown: ['Bad Request: wrong remote file identifier specified'],
  photo_refused: ['Bad Request: PHOTO_INVALID_DIMENSIONS'],
  media_refused: ['Bad Request: there is no photo in the request'],
  message_unavailable: ["Bad Request: message can't be edited"],
  message_refused: ['Bad Request: a reason of tomorrow'],
}

const rows = failureTable.map((row) => {
  const [code = 400] = row.codes
  const description = descriptions[row.outcome.code]?.find((text) => row.pattern?.test(text) ?? true)
  return [`${code} ${row.outcome.code}`, row, code, description] as const
})

describe('every row of the failure table', () => {
  test.for(rows)('%s', ([, { outcome }, code, description]) => {
    if (description === undefined) throw new Error('there is no description for this row')
    const delivery = queued(aNotification({ attempts: 5 }))

    const { verdict, consequences } = judge(delivery, refused(code, description), now)

    switch (outcome.class) {
      case 'recipient':
        expect(verdict).toEqual(failed('recipient', outcome.code, code, description))
        expect(consequences).toEqual(outcome.ends ? [{ kind: 'chat_ended', status: outcome.ends }] : [])
        break
      case 'message':
        expect(verdict).toEqual(failed('message', outcome.code, code, description))
        expect(consequences).toEqual([])
        break
      case 'bot':
        expect(verdict).toEqual({ result: 'release' })
        expect(consequences).toEqual([
          {
            kind: 'bot_refused',
            code: outcome.code,
            description: `${code} ${description}`,
            isLasting: outcome.isLasting,
          },
        ])
        break
      case 'transient':
        expect(verdict).toEqual({
          result: 'retry',
          retryInMs: 16_000,
          ...(outcome.mayHaveArrived ? { mayHaveArrived: true } : {}),
        })
    }
  })
})

describe('what a message can go without', () => {
  test.for([
    ['formatting', "Bad Request: can't parse entities"],
    ['forum_topic', 'Bad Request: message thread not found'],
    ['effect', 'Bad Request: EFFECT_ID_INVALID'],
    ['photo', 'Bad Request: PHOTO_INVALID_DIMENSIONS'],
    ['thread', "Bad Request: message can't be edited"],
    ['reply_to', 'Bad Request: message to be replied not found'],
    ['link_preview', 'Bad Request: WEBPAGE_URL_INVALID'],
    ['link_preview', 'Bad Request: not enough rights to send web page previews'],
    ['buttons', 'Bad Request: BUTTON_URL_INVALID'],
    ['keyboard', "Bad Request: can't parse keyboard button: phone number can be requested in private chats only"],
    ['album', 'Bad Request: VIDEO_CONTENT_TYPE_INVALID'],
    ['file', 'Bad Request: CHAT_SEND_DOCS_FORBIDDEN'],
    ['new_media', 'Bad Request: wrong file identifier/HTTP URL specified'],
    ['attachments/0', 'Bad Request: PHOTO_INVALID_DIMENSIONS'],
    ['attachments/0', 'Bad Request: VOICE_MESSAGES_FORBIDDEN'],
    ['attachments/0', 'Bad Request: not enough rights to send photos to the chat'],
    ['attachments/0', 'Bad Request: MEDIA_CAPTION_TOO_LONG'],
    ['attachments/3', 'Bad Request: what nobody has heard of yet'],
  ] as const)('%s is left out once', ([droppable, description]) => {
    const answer = refused(400, description)
    const call = { droppable: [droppable] }

    expect(judge(queued(aNotification(), call), answer, now)).toMatchObject({
      verdict: { result: 'degrade', dropped: droppable, failure: { telegram_description: description } },
      consequences: [],
    })
    expect(judge(queued(aNotification({ dropped: [droppable] }), call), answer, now).verdict.result).toBe('failed')
    expect(judge(queued(aNotification()), answer, now).verdict.result).toBe('failed')
  })
})

describe('a medium that is refused', () => {
  const album = { droppable: ['album', 'attachments/1', 'attachments/4'] as const }
  const verdictOf = (description: string, { attempts = 0 } = {}) =>
    judge(
      queued(aNotification({ attempts }), { droppable: [...album.droppable] }),
      refused(400, `Bad Request: ${description}`),
      now,
    ).verdict

  test('is the one that Telegram names, and otherwise each of an album goes on its own', () => {
    expect(verdictOf('failed to send message #2 with the error message "MEDIA_EMPTY"')).toMatchObject({
      dropped: 'attachments/4',
    })
    expect(verdictOf('wrong HTTP URL specified')).toMatchObject({ dropped: 'album' })
  })

  test('may be reached later, and is given up in the end', () => {
    expect(verdictOf('failed to get HTTP URL content')).toMatchObject({ result: 'retry' })
    expect(verdictOf('failed to get HTTP URL content', { attempts: 2 })).toMatchObject({ result: 'degrade' })
  })
})

describe('what may be tried again', () => {
  test.for([
    ['Telegram was not reached', noAnswer(true), {}],
    ['no answer came', noAnswer(false), { mayHaveArrived: true }],
    ['a server failed', refused(502, 'Bad Gateway'), { mayHaveArrived: true }],
  ] as const)('%s', ([, answer, doubt]) => {
    expect(judge(queued(), answer, now).verdict).toEqual({ result: 'retry', retryInMs: 500, ...doubt })
  })

  test('ends as unknown where it is not to arrive twice, unless it surely did not leave', () => {
    const once = aNotification({ stopsIfUnknown: true })

    expect(judge(queued(once), noAnswer(false), now).verdict).toEqual({
      result: 'unknown',
      failure: { class: 'ambiguous', code: 'outcome_unknown', at },
      cause: 'no_answer',
      isUnknownPart: true,
    })
    expect(judge(queued(once), noAnswer(true), now).verdict.result).toBe('retry')
  })

  test('goes on with the parts that were not tried, and ends as unknown in the end', () => {
    const once = aNotification({ stopsIfUnknown: true })
    const lastOf = { ...once, part: 1, hasUnknownPart: true }

    expect(judge(queued(once, { isLast: false }), noAnswer(false), now).verdict).toEqual({
      result: 'advance',
      messageIds: [],
      isUnknownPart: true,
    })
    expect(judge(queued(lastOf), ok({ message_id: 7 }), now).verdict).toMatchObject({
      result: 'unknown',
      messageIds: [7],
    })
  })

  test('expires where the next attempt would come too late, and fails after a day', () => {
    expect(judge(queued(aNotification(), {}, 1_400), noAnswer(true), now).verdict).toEqual({ result: 'expired' })
    expect(judge(queued(aNotification(), {}, 1_400), noAnswer(false), now).verdict).toEqual({
      result: 'expired',
      mayHaveArrived: true,
    })
    expect(judge(queued(aNotification({ ageMs: retryForMs + 1, attempts: 10 })), noAnswer(true), now).verdict).toEqual({
      result: 'failed',
      failure: { class: 'transient', code: 'telegram_unreachable', at },
    })
  })

  test('is tried again where it had waited for a day before it was tried', () => {
    const verdict = judge(queued(aNotification({ ageMs: retryForMs + 1 })), noAnswer(true), now).verdict

    expect(verdict.result).toBe('retry')
  })

  test('a file that could not be fetched is tried three times', () => {
    const answer = refused(400, 'Bad Request: WEBPAGE_CURL_FAILED')

    expect(judge(queued(aNotification({ attempts: 1 })), answer, now).verdict.result).toBe('retry')
    expect(judge(queued(aNotification({ attempts: 2 })), answer, now).verdict.result).toBe('failed')
  })

  test('a file that Telegram has forgotten is uploaded again', () => {
    const media = [{ type: 'photo' as const, fileId: 'f', index: 0, telegramFileId: 'AgAC' }]
    const answer = refused(400, 'Bad Request: wrong remote file identifier specified')

    expect(judge(queued(aNotification(), { media }), answer, now)).toEqual({
      verdict: { result: 'release' },
      consequences: [{ kind: 'uploads_forgotten' }],
    })
  })
})

describe('what is about more than the message', () => {
  test('a flood holds back the chat, and expires what cannot wait', () => {
    const flood = refused(429, 'Too Many Requests: retry after 3', { retryAfterSeconds: 3 })

    expect(judge(queued(), flood, now)).toEqual({
      verdict: { result: 'release', pauseChatMs: 3_000 },
      consequences: [{ kind: 'flood', retryAfterMs: 3_000 }],
    })
    expect(judge(queued(aNotification(), {}, 4_000), flood, now).verdict).toEqual({
      result: 'expired',
      pauseChatMs: 3_000,
    })
  })

  test('a group with another id is followed, or tried again where that cannot be written down', () => {
    const migrated = refused(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
      migrateToChatId: -100,
    })

    expect(judge(queued(), migrated, now)).toEqual({
      verdict: { result: 'release' },
      consequences: [{ kind: 'chat_migrated', toChatId: -100 }],
      otherwise: { result: 'retry', retryInMs: 500 },
    })
    // What was sent to the group before is looked for under its former id, and then where the group is now.
    expect(judge(queued(anEdit()), migrated, now).verdict).toEqual({ result: 'release' })
    expect(judge(queued(anEdit(), { droppable: ['former_chat'] }), migrated, now).verdict).toMatchObject({
      result: 'degrade',
      dropped: 'former_chat',
    })
  })

  test('a message that was to be deleted, and is gone, is deleted', () => {
    const answer = refused(400, 'Bad Request: message to delete not found')
    const remove = anEdit({ type: 'delete' })

    expect(judge(queued(remove, { method: 'deleteMessage' }), answer, now).verdict).toEqual({
      result: 'sent',
      messageIds: [],
    })
    expect(judge(queued(remove, { method: 'editMessageText' }), answer, now).verdict.result).toBe('failed')
  })
})

describe('what needs no call', () => {
  test('may have been sent, and is not repeated', () => {
    const delivery = aNotification({ wasInFlight: true, stopsIfUnknown: true })

    expect(judgeUnsent(delivery, now.date)).toEqual({ result: 'advance', messageIds: [], isUnknownPart: true })
    expect(judgeUnsent({ ...delivery, stopsIfUnknown: false }, now.date)).toBeUndefined()
    expect(judgeUnsent({ ...delivery, wasInFlight: false }, now.date)).toBeUndefined()
  })

  test.for([
    ['is over', { isOver: true }, {}, { result: 'sent' }],
    ['is over, and a part may have been sent', { isOver: true }, { hasUnknownPart: true }, { result: 'unknown' }],
    ['is overtaken', { isOvertaken: true }, {}, { result: 'cancelled' }],
    ['can go without what is missing', { droppable: 'attachments/0' }, {}, { result: 'degrade' }],
    ['cannot be made', {}, {}, { result: 'failed' }],
  ] as const)('%s', ([, call, delivery, verdict]) => {
    expect(judgeNoCall(aNotification(delivery), { ...noCall('x'), ...call }, now.date)).toMatchObject(verdict)
  })

  test('was cancelled, and may have been sent before', () => {
    const cancelled = aNotification({ isCancelled: true })

    expect(judgeUnsent(cancelled, now.date)).toEqual({ result: 'cancelled', failure: undefined })
    expect(judgeUnsent({ ...cancelled, wasInFlight: true }, now.date)).toMatchObject({
      result: 'unknown',
      cause: 'cancelled',
    })
  })

  test.for(['blocked', 'stopped', 'gone'] as const)('has nobody to go to: %s', (connectionStatus) => {
    expect(judgeUnsent(aNotification({ connectionStatus }), now.date)).toEqual({
      result: 'failed',
      failure: { class: 'recipient', code: `recipient_${connectionStatus}`, at },
    })
  })
})
