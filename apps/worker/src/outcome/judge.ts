import type { Failure } from '@tellwire/db'
import { type Droppable, isRich } from '@tellwire/domain'
import { type CallOutcome, classifyOutcome, type OutcomeClass } from '@tellwire/telegram'
import type { QueuedDelivery } from '../lane/send-queue.js'
import { isGivenUp, retryDelayMs } from './retry-policy.js'
import { isCutShort } from './rich-echo.js'
import { type Judgement, makeFailure, outcomeUnknown, type SentMessage, type Verdict } from './verdict.js'

/** Telegram's answer to a call, or that there was none. */
export type Answer = CallOutcome<unknown>

export interface Moment {
  date: Date
  /** The same on this process's monotonic clock. */
  monotonicMs: number
  /** Between 0 and 1, for the delays of retries. */
  random: () => number
}

type Meaning<Class extends OutcomeClass['class']> = Extract<OutcomeClass, { class: Class }>

/** A host that Telegram did not reach for a file may be back soon. */
const fetchAttemptsMax = 3

/** Judges what an answer means for its delivery, and for more than the delivery. */
export function judge(delivery: QueuedDelivery, answer: Answer, now: Moment): Judgement {
  const meaning = classifyOutcome(answer)
  switch (meaning.class) {
    case 'sent':
      return judgeSent(delivery, messagesOf(answer), answer, now)
    case 'recipient':
      return judgeRecipient(delivery, answer, meaning, now)
    case 'message':
      return judgeMessage(delivery, answer, meaning, now)
    case 'migrate':
      return judgeMigration(delivery, answer, meaning, now)
    case 'bot':
      return judgeBot(delivery, answer, meaning, now)
    case 'flood': {
      const retryAfterMs = meaning.retryAfterSeconds * 1_000
      const isTooLong = now.monotonicMs + retryAfterMs >= delivery.expiresAtMs
      return {
        verdict: { result: isTooLong ? 'expired' : 'release', pauseChatMs: retryAfterMs },
        consequences: [{ kind: 'flood', retryAfterMs }],
      }
    }
    case 'transient':
      return { verdict: judgeTransient(delivery, answer, meaning, now), consequences: [] }
  }
}

function judgeSent(delivery: QueuedDelivery, messages: SentMessage[], answer: Answer, now: Moment): Judgement {
  const { call, hasUnknownPart, dropped } = delivery
  const rich = call.droppable.find(isRich)
  if (answer.kind === 'ok' && rich !== undefined && !dropped.includes(rich) && isCutShort(call, answer.result)) {
    // All of it follows as text. What was edited is edited once more.
    const reason: Reason = { class: 'message', code: 'rich_message_cut' }
    const withdrawn = call.editsMessageId === undefined ? messages : []
    return {
      verdict: degrade(rich, reason, answer, now),
      consequences: [
        { kind: 'bot_accepted' },
        ...withdrawn.map(({ message_id: messageId }) => ({ kind: 'message_withdrawn' as const, messageId })),
      ],
    }
  }
  const ids = messages.map(({ message_id: id }) => id)
  const known = ids.length === 0 && call.editsMessageId !== undefined ? [call.editsMessageId] : ids
  const isRecorded = call.thread !== undefined || call.media.length > 0
  const ended: Verdict = hasUnknownPart
    ? { result: 'unknown', failure: failureOf(outcomeUnknown, answer, now), cause: 'no_answer', messageIds: known }
    : { result: 'sent', messageIds: known }
  return {
    verdict: call.isLast ? ended : { result: 'advance', messageIds: known },
    consequences: [{ kind: 'bot_accepted' }, ...(isRecorded ? [{ kind: 'messages_sent' as const, messages }] : [])],
  }
}

function judgeRecipient(
  delivery: QueuedDelivery,
  answer: Answer,
  meaning: Meaning<'recipient'>,
  now: Moment,
): Judgement {
  const dropped = findDroppable(delivery, meaning.code, answer)
  if (dropped) return { verdict: degrade(dropped, meaning, answer, now), consequences: [] }
  const verdict = fail(meaning, answer, now)
  if (!meaning.ends) return { verdict, consequences: [] }
  return {
    verdict,
    consequences: [{ kind: 'chat_ended', status: meaning.ends }],
    // Whether it is held is seen by what became of the connection.
    otherwise: retry(delivery, answer, meaning, now),
  }
}

function judgeMessage(delivery: QueuedDelivery, answer: Answer, meaning: Meaning<'message'>, now: Moment): Judgement {
  const { call } = delivery
  if (isGoneAnyway(delivery, answer)) {
    return { verdict: { result: call.isLast ? 'sent' : 'advance', messageIds: [] }, consequences: [] }
  }
  if (meaning.code === 'file_unknown' && call.media.some(({ telegramFileId }) => telegramFileId !== undefined)) {
    return { verdict: { result: 'release' }, consequences: [{ kind: 'uploads_forgotten' }] }
  }
  if (meaning.code === 'media_unreachable' && delivery.attempts + 1 < fetchAttemptsMax) {
    return { verdict: retry(delivery, answer, meaning, now), consequences: [] }
  }
  const dropped = findDroppable(delivery, meaning.code, answer)
  return {
    verdict: dropped ? degrade(dropped, meaning, answer, now) : fail(meaning, answer, now),
    consequences:
      meaning.code === 'rich_unsupported' && dropped && isRich(dropped) ? [{ kind: 'rich_unsupported' }] : [],
  }
}

function judgeBot(delivery: QueuedDelivery, answer: Answer, meaning: Meaning<'bot'>, now: Moment): Judgement {
  const { code, isLasting } = meaning
  const dropped = findDroppable(delivery, code, answer)
  // A server that is older than rich messages is none that refuses the bot.
  if (dropped) {
    const consequences: Judgement['consequences'] = isRich(dropped) ? [{ kind: 'rich_unsupported' }] : []
    return { verdict: degrade(dropped, meaning, answer, now), consequences }
  }
  return {
    verdict: { result: 'release' },
    consequences: [{ kind: 'bot_refused', code, description: describe(answer), isLasting }],
  }
}

/** Whether it was to be deleted, and was: by the person, or by a call whose answer was lost. */
function isGoneAnyway({ call, dropped }: QueuedDelivery, answer: Answer): boolean {
  // Where a group is now, nobody can say under which number its message from before is.
  if (call.droppable.includes('former_chat') || dropped.includes('former_chat')) return false
  if (call.method !== 'deleteMessage' || answer.kind !== 'refused') return false
  return /message to delete not found/i.test(answer.description)
}

function judgeMigration(
  delivery: QueuedDelivery,
  answer: Answer,
  { toChatId }: Meaning<'migrate'>,
  now: Moment,
): Judgement {
  const reason: Reason = { class: 'recipient', code: 'chat_migrated' }
  // The group has moved already; its message from before can only be reached where it is now.
  const dropped = findDroppable(delivery, reason.code, answer)
  if (dropped) return { verdict: degrade(dropped, reason, answer, now), consequences: [] }
  const consequences: Judgement['consequences'] = [{ kind: 'chat_migrated', toChatId }]
  return {
    verdict: { result: 'release' },
    consequences,
    otherwise: retry(delivery, answer, reason, now),
  }
}

function judgeTransient(delivery: QueuedDelivery, answer: Answer, meaning: Meaning<'transient'>, now: Moment): Verdict {
  if (!meaning.mayHaveArrived) return retry(delivery, answer, meaning, now)
  if (!delivery.stopsIfUnknown) {
    const verdict = retry(delivery, answer, meaning, now)
    return verdict.result === 'failed' ? verdict : { ...verdict, mayHaveArrived: true }
  }
  if (!delivery.call.isLast) return { result: 'advance', messageIds: [], isUnknownPart: true }
  const failure = failureOf(outcomeUnknown, answer, now)
  return { result: 'unknown', failure, cause: 'no_answer', isUnknownPart: true }
}

/** Any medium that came along: which of them, the call and the answer say. */
const medium = 'medium'
/** By refusal: what the message can go without, in the order in which it is left out. */
const droppableFor: Record<string, readonly (Droppable | typeof medium)[]> = {
  rich_refused: ['rich'],
  rich_unsupported: ['rich'],
  method_unknown: ['draft', 'rich'],
  formatting_refused: ['rich', 'formatting'],
  topic_unavailable: ['forum_topic'],
  effect_refused: ['effect'],
  // An icon is an ornament, and for bots that somebody pays for.
  buttons_refused: ['button_icons', 'buttons', 'keyboard'],
  link_preview_refused: ['link_preview'],
  reply_target_gone: ['reply_to'],
  message_unavailable: ['thread', 'former_chat'],
  recipient_gone: ['former_chat'],
  chat_migrated: ['former_chat'],
  photo_refused: ['photo', medium],
  media_refused: [medium, 'rich'],
  media_unreachable: [medium, 'rich'],
  media_forbidden: [medium, 'rich'],
  file_unknown: [medium, 'rich'],
  message_empty: ['rich'],
  message_too_long: [medium, 'rich'],
  message_too_large: [medium, 'rich'],
  // Nobody knows what it is about. The text comes last, and goes as it was written.
  message_refused: [
    'draft',
    'button_icons',
    'rich',
    'effect',
    'thread',
    'buttons',
    'keyboard',
    'link_preview',
    'reply_to',
    medium,
    'formatting',
  ],
}

function findDroppable({ call, dropped }: QueuedDelivery, code: string, answer: Answer): Droppable | undefined {
  const left = call.droppable.filter((part) => !dropped.includes(part))
  for (const wanted of droppableFor[code] ?? []) {
    const found =
      wanted === medium
        ? findMedium(left, answer)
        : left.find((part) => part === wanted || part.startsWith(`${wanted}/`))
    if (found !== undefined) return found
  }
  // Whatever it is about, a message of the thread says it without a preview.
  return code in droppableFor ? left.find((part) => part === 'draft') : undefined
}

/** The medium that is refused. Of an album Telegram may name it; otherwise each goes on its own, and tells. */
function findMedium(left: readonly Droppable[], answer: Answer): Droppable | undefined {
  const media = left.filter((part) => part.startsWith('attachments/'))
  const number = answer.kind === 'refused' ? /failed to send message #(\d+)/i.exec(answer.description)?.[1] : undefined
  const named = number === undefined ? undefined : media[Number(number) - 1]
  return named ?? left.find((part) => part === 'album' || part === 'file' || part === 'new_media') ?? media[0]
}

type Reason = Pick<Failure, 'class' | 'code'>

function retry(
  delivery: QueuedDelivery,
  answer: Answer,
  reason: Reason,
  now: Moment,
): Extract<Verdict, { result: 'retry' | 'expired' | 'failed' }> {
  const retryInMs = retryDelayMs(delivery.attempts, now.random)
  if (now.monotonicMs + retryInMs >= delivery.expiresAtMs) return { result: 'expired' }
  if (isGivenUp(delivery)) return fail(reason, answer, now)
  return { result: 'retry', retryInMs }
}

function degrade(dropped: Droppable, reason: Reason, answer: Answer, now: Moment): Verdict {
  return { result: 'degrade', dropped, failure: failureOf(reason, answer, now) }
}

function fail(reason: Reason, answer: Answer, now: Moment): Extract<Verdict, { result: 'failed' }> {
  return { result: 'failed', failure: failureOf(reason, answer, now) }
}

function failureOf(reason: Reason, answer: Answer, { date }: Moment): Failure {
  const { code, class: failureClass, at } = makeFailure(reason, date)
  if (answer.kind !== 'refused') return { code, class: failureClass, at }
  return {
    code,
    class: failureClass,
    telegram_code: answer.code,
    telegram_description: answer.description,
    at,
  }
}

/** What Telegram says it took is taken, even where it does not say under which number. */
function messagesOf(answer: Answer): SentMessage[] {
  const result = answer.kind === 'ok' ? answer.result : undefined
  const items: unknown[] = Array.isArray(result) ? result : [result]
  return items.filter((item): item is SentMessage => typeof item === 'object' && item !== null && 'message_id' in item)
}

function describe(answer: Answer): string {
  return answer.kind === 'refused' ? `${answer.code} ${answer.description}` : answer.kind
}
