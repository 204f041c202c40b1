import type { ClaimedEdit } from '@tellwire/db'
import { type Droppable, isRich, type MessageStep, type PreparedMessage } from '@tellwire/domain'
import { type Call, type NoCall, noCall, plainCall } from './call.js'
import { isInline, keptOf, makeEditCall } from './edit-message.js'
import type { LookUps } from './look-ups.js'
import type { Prepared } from './prepare.js'
import { toInlineKeyboard } from './reply-body.js'

/** Composes the call that edits or deletes one message of a delivery that was sent; one of several takes as many. */
export function composeEdit(delivery: ClaimedEdit, lookUps: LookUps, prepared: Prepared): Call | NoCall {
  const call = composeInChat(delivery, lookUps, prepared)
  const chatId = lookUps.sent?.chatId
  if ('failure' in call || chatId === delivery.chatId || delivery.dropped.includes('former_chat')) return call
  // A group that became a supergroup has another id; its messages from before have the id that it had.
  return {
    ...call,
    params: { chat_id: Number(chatId), ...call.params },
    droppable: [...call.droppable, 'former_chat'],
  }
}

function composeInChat(delivery: ClaimedEdit, lookUps: LookUps, prepared: Prepared): Call | NoCall {
  const { messageIds = [] } = lookUps.sent ?? {}
  if (messageIds.length === 0) return noCall('nothing_sent')
  if (delivery.edit.type === 'delete') return composeDelete(messageIds, delivery.part)
  if (!prepared) return noCall('nothing_sent')
  return 'failure' in prepared ? prepared : editPart(delivery, lookUps, { ...prepared, messageIds })
}

function composeDelete(messageIds: readonly number[], part: number): Call | NoCall {
  const messageId = messageIds[part]
  if (messageId === undefined) return noCall('nothing_sent')
  return {
    ...plainCall,
    method: 'deleteMessage',
    params: { message_id: messageId },
    editsMessageId: messageId,
    isLast: part >= messageIds.length - 1,
  }
}

interface Edited extends PreparedMessage {
  messageIds: readonly number[]
}

function editPart(
  { part, notificationId, edit, dropped }: ClaimedEdit,
  { thread, files }: LookUps,
  { content, messageIds, steps }: Edited,
): Call | NoCall {
  if (countMessages(steps) !== messageIds.length) {
    // Without rich messages it may take as many as there are.
    const isLast = content.options.rich === undefined || dropped.includes('rich_layout')
    return noCall('not_editable', isLast ? undefined : 'rich_layout')
  }
  const step = steps[part]
  // Of an album's messages the first one has the caption.
  const messageId = messageIds[countMessages(steps.slice(0, part))]
  if (!step || messageId === undefined) return noCall('not_editable')
  const { thread_key: threadKey } = content.options
  const hasNewMedia = edit.hasNewMedia && step.media.length > 0 && !dropped.includes('new_media')
  const isOfThread = thread?.messageId === messageId
  if (isOfThread && thread.notificationId !== notificationId) return noCall('superseded')
  const changed = withLeft(step, edit)
  return {
    ...makeEditCall(messageId, changed, { shown: step.shown, hasNewMedia, files }),
    droppable: [...step.droppable.filter(isOfEdits), ...(hasNewMedia ? ['new_media' as const] : [])],
    isLast: part >= steps.length - 1,
    // What is added to the thread later is added to this.
    thread:
      isOfThread && threadKey !== undefined
        ? { key: threadKey, method: step.method, shown: step.shown, kept: keptOf(changed) }
        : undefined,
  }
}

/** What a press has left of the buttons takes their place: it is known to everyone in the chat. */
function withLeft(step: MessageStep, { leftButtons }: ClaimedEdit['edit']): MessageStep {
  const { reply_markup: markup, ...params } = step.params
  if (leftButtons === undefined || !isInline(markup)) return step
  if (leftButtons.length === 0) return { ...step, params }
  return { ...step, params: { ...params, reply_markup: toInlineKeyboard(leftButtons) } }
}

const ofEdits: readonly Droppable[] = ['formatting', 'button_icons', 'buttons', 'link_preview']

/** A medium that was sent stays where it is, whatever an edit goes without. */
function isOfEdits(part: Droppable): boolean {
  return isRich(part) || part.startsWith('formatting/') || ofEdits.includes(part)
}

/** An album makes as many messages as it has media. */
function countMessages(steps: readonly MessageStep[]): number {
  return steps.reduce((count, { method, media }) => count + (method === 'sendMediaGroup' ? media.length : 1), 0)
}
