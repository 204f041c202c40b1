import type { ClaimedNotification } from '@tellwire/db'
import type { MessageStep, PreparedMessage } from '@tellwire/domain'
import { captionLengthMax, codePointLength, entitiesMax, type FormattedText, messageLengthMax } from '@tellwire/format'
import { type Call, type NoCall, noCall } from './call.js'
import { composeDraft } from './draft.js'
import { isInline, keptOf, makeEditCall } from './edit-message.js'
import type { LookUps, Thread } from './look-ups.js'
import { placeMedia } from './media.js'
import type { Prepared } from './prepare.js'

/** Composes the call for the part of a notification that is next. */
export function composeNotification(
  delivery: ClaimedNotification,
  { thread, isOvertaken, files }: LookUps,
  prepared: Prepared,
): Call | NoCall {
  if (isOvertaken) return { ...noCall('superseded'), isOvertaken }
  if (!prepared) return noCall('message_empty')
  if ('failure' in prepared) return prepared
  const draft = composeDraft(delivery, prepared, thread !== undefined)
  if (draft) return draft
  return (thread && editThread(delivery, prepared, { thread, files })) ?? sendPart(delivery, prepared, files)
}

function sendPart(
  { part }: ClaimedNotification,
  { content: { options }, steps }: PreparedMessage,
  files: LookUps['files'],
): Call | NoCall {
  const step = steps[part]
  // It was edited to fewer parts while it was being sent, or nobody knows of its last one.
  if (!step) return { ...noCall('message_empty'), isOver: part > 0 }
  const placed = step.media.length === 0 ? undefined : placeMedia(step, files)
  const { thread_key: threadKey } = options
  return {
    method: step.method,
    params: placed ? { ...step.params, ...placed.params } : step.params,
    uploads: placed?.uploads ?? [],
    messageCount: step.method === 'sendMediaGroup' ? step.media.length : 1,
    isLast: part >= steps.length - 1,
    droppable: step.droppable,
    editsMessageId: undefined,
    media: placed?.media ?? [],
    thread:
      threadKey === undefined || part > 0
        ? undefined
        : { key: threadKey, method: step.method, shown: step.shown, kept: keptOf(step) },
  }
}

/**
 * The next notification of a thread edits the thread's message or adds to it. Where that cannot be, it answers it: a
 * text is no photo, and some messages are too old. @returns nothing where it has to answer.
 */
function editThread(
  { part, dropped }: ClaimedNotification,
  { content: { options }, steps }: PreparedMessage,
  { thread, files }: { thread: Thread; files: LookUps['files'] },
): Call | undefined {
  const [step, further] = steps
  if (options.mode === 'reply' || part > 0 || dropped.includes('thread') || !step || further) return undefined
  if (!canBecome(thread.method, step)) return undefined
  const shown = options.mode === 'append' ? append(thread.shown, step.shown) : step.shown
  if (!fitsIn(step, shown)) return undefined
  const kept = options.mode === 'append' ? { ...thread.kept, ...keptOf(step) } : keptOf(step)
  const changed = { ...step, params: { ...step.params, ...kept } }
  return {
    ...makeEditCall(thread.messageId, changed, { shown, hasNewMedia: true, files }),
    droppable: [...step.droppable, 'thread'],
    thread: { key: options.thread_key ?? '', method: step.method, shown, kept },
  }
}

/** An addition may make a message too long. A rich one was divided to fit. */
function fitsIn({ method }: MessageStep, { text, entities }: FormattedText): boolean {
  if (method === 'sendRichMessage') return true
  const lengthMax = method === 'sendMessage' ? messageLengthMax : captionLengthMax
  return codePointLength(text) <= lengthMax && entities.length <= entitiesMax
}

function canBecome(method: string, step: MessageStep): boolean {
  if (isText(method) !== isText(step.method)) return false
  if (!isEditable(method) || !isEditable(step.method)) return false
  return step.params['reply_markup'] === undefined || isInline(step.params['reply_markup'])
}

/** A message of text becomes a rich one, and the other way round. */
function isText(method: string): boolean {
  return method === 'sendMessage' || method === 'sendRichMessage'
}

function isEditable(method: string): boolean {
  return method !== 'sendMediaGroup' && method !== 'sendSticker' && method !== 'sendVoice'
}

function append(before: FormattedText, added: FormattedText): FormattedText {
  if (before.text === '') return added
  const gap = '\n\n'
  const shift = before.text.length + gap.length
  return {
    text: before.text + gap + added.text,
    entities: [...before.entities, ...added.entities.map((entity) => ({ ...entity, offset: entity.offset + shift }))],
  }
}
