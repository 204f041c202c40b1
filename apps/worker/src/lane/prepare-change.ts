import type { MessageContent, MessageStep } from '@tellwire/domain'
import { type Call, type NoCall, plainCall } from './call.js'
import { makeEditCall } from './make-edit-call.js'
import { planSteps, type Preparing } from './plan-steps.js'
import { findThread } from './prepare-thread-call.js'
import { readTemplateText } from './read-template-text.js'

/** What a row of kind 'change' asks for. */
interface Change {
  type: 'edit' | 'delete'
  delivery_id: string
  /** Attachments are others than before. */
  has_new_media?: boolean
}

const noCall = (code: string): NoCall => ({ failure: { class: 'message', code } })

/** The call that changes one message of a delivery that was sent; a delivery of several takes as many. */
export async function prepareChange(preparing: Preparing, content: MessageContent): Promise<Call | NoCall> {
  const { ctx, delivery } = preparing
  const change = delivery.reply as Change
  const sent = await ctx.db.delivery.findUnique({
    where: { tenantId_id: { tenantId: delivery.tenantId ?? '', id: change.delivery_id } },
    select: { telegramMessageIds: true, dropped: true },
  })
  const messageIds = (sent?.telegramMessageIds ?? []).map(Number)
  if (messageIds.length === 0) return noCall('nothing_sent')
  if (change.type === 'delete') return prepareDelete(messageIds, delivery.part)
  const ready = await readTemplateText(preparing, content)
  if ('failure' in ready) return ready
  const asSent = { ...preparing, delivery: { ...delivery, dropped: sent?.dropped ?? [] } }
  return prepareEdit(asSent, ready, messageIds, change.has_new_media === true)
}

function prepareDelete(messageIds: number[], part: number): Call | NoCall {
  const messageId = messageIds[part]
  if (messageId === undefined) return noCall('nothing_sent')
  return {
    ...plainCall,
    method: 'deleteMessage',
    params: { message_id: messageId },
    changesMessageId: messageId,
    isLast: part >= messageIds.length - 1,
  }
}

async function prepareEdit(
  preparing: Preparing,
  content: MessageContent,
  messageIds: number[],
  hasNewMedia: boolean,
): Promise<Call | NoCall> {
  const { part, notificationId } = preparing.delivery
  const steps = planSteps(preparing, content, undefined)
  if (countMessages(steps) !== messageIds.length) return noCall('not_editable')
  const step = steps[part]
  // Of an album's messages the first one has the caption.
  const messageId = messageIds[countMessages(steps.slice(0, part))]
  if (!step || messageId === undefined) return noCall('not_editable')
  const threadKey = content.options.thread_key
  const thread = threadKey === undefined ? undefined : await findThread(preparing, threadKey)
  if (thread && thread.messageId === messageId && thread.notificationId !== notificationId) return noCall('superseded')
  const call = await makeEditCall(preparing, messageId, step, { shown: step.shown, hasNewMedia })
  return {
    ...call,
    isLast: part >= steps.length - 1,
    // What is added to the thread later is added to this.
    thread:
      thread?.messageId === messageId && threadKey !== undefined
        ? { key: threadKey, method: step.method, shown: step.shown }
        : undefined,
  }
}

/** An album makes as many messages as it has media. */
function countMessages(steps: readonly MessageStep[]): number {
  return steps.reduce((count, { method, media }) => count + (method === 'sendMediaGroup' ? media.length : 1), 0)
}
