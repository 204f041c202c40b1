import type { ClaimedEdit } from '@tellwire/db'
import type { MessageContent, MessageStep } from '@tellwire/domain'
import { type Call, type NoCall, noCall, plainCall } from './call.js'
import { makeEditCall } from './edit-message.js'
import { fillTemplate } from './fill-template.js'
import type { LookUps } from './look-ups.js'
import type { Planner } from './plan.js'

/** Composes the call that edits or deletes one message of a delivery that was sent; one of several takes as many. */
export function composeEdit(
  delivery: ClaimedEdit,
  content: MessageContent,
  lookUps: LookUps,
  planner: Planner,
): Call | NoCall {
  const { messageIds = [], dropped = [] } = lookUps.sent ?? {}
  if (messageIds.length === 0) return noCall('nothing_sent')
  if (delivery.edit.type === 'delete') return composeDelete(messageIds, delivery.part)
  const ready = fillTemplate(content, lookUps)
  if ('failure' in ready) return ready
  const { edit, part, isGroup } = delivery
  const planned = { deliveryId: edit.deliveryId, part, isGroup, dropped, replyToMessageId: undefined }
  return editPart(delivery, lookUps, { content: ready, messageIds, steps: planner.plan(ready, planned) })
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

interface Edited {
  content: MessageContent
  messageIds: readonly number[]
  steps: readonly MessageStep[]
}

function editPart(
  { part, notificationId, edit }: ClaimedEdit,
  { thread, files }: LookUps,
  { content, messageIds, steps }: Edited,
): Call | NoCall {
  if (countMessages(steps) !== messageIds.length) return noCall('not_editable')
  const step = steps[part]
  // Of an album's messages the first one has the caption.
  const messageId = messageIds[countMessages(steps.slice(0, part))]
  if (!step || messageId === undefined) return noCall('not_editable')
  const { thread_key: threadKey } = content.options
  const isOfThread = thread?.messageId === messageId
  if (isOfThread && thread.notificationId !== notificationId) return noCall('superseded')
  return {
    ...makeEditCall(messageId, step, { shown: step.shown, hasNewMedia: edit.hasNewMedia, files }),
    isLast: part >= steps.length - 1,
    // What is added to the thread later is added to this.
    thread:
      isOfThread && threadKey !== undefined ? { key: threadKey, method: step.method, shown: step.shown } : undefined,
  }
}

/** An album makes as many messages as it has media. */
function countMessages(steps: readonly MessageStep[]): number {
  return steps.reduce((count, { method, media }) => count + (method === 'sendMediaGroup' ? media.length : 1), 0)
}
