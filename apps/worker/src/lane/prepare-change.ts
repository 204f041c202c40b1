import type { MessageContent, MessageStep } from '@tellwire/domain'
import { type Call, type NoCall, plainCall } from './call.js'
import { makeEditCall } from './make-edit-call.js'
import { planSteps, type Preparing } from './plan-steps.js'
import { readTemplateText } from './read-template-text.js'

/** What a row of kind 'change' asks for. */
interface Change {
  type: 'edit' | 'delete'
  delivery_id: string
  /** Attachments are others than before. */
  has_new_media?: boolean
}

const nothingSent: NoCall = { failure: { class: 'message', code: 'nothing_sent' } }

/** The call that changes one message of a delivery that was sent; a delivery of several takes as many. */
export async function prepareChange(preparing: Preparing, content: MessageContent): Promise<Call | NoCall> {
  const { ctx, delivery } = preparing
  const change = delivery.reply as Change
  const sent = await ctx.db.delivery.findUnique({
    where: { tenantId_id: { tenantId: delivery.tenantId ?? '', id: change.delivery_id } },
    select: { telegramMessageIds: true, dropped: true },
  })
  const messageIds = (sent?.telegramMessageIds ?? []).map(Number)
  if (change.type === 'delete') return prepareDelete(messageIds, delivery.part)
  const ready = await readTemplateText(preparing, content)
  if ('failure' in ready) return ready
  const asSent = { ...preparing, delivery: { ...delivery, dropped: sent?.dropped ?? [] } }
  return prepareEdit(asSent, planSteps(asSent, ready, undefined), messageIds, change.has_new_media === true)
}

function prepareDelete(messageIds: number[], part: number): Call | NoCall {
  const messageId = messageIds[part]
  if (messageId === undefined) return nothingSent
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
  steps: readonly MessageStep[],
  messageIds: number[],
  hasNewMedia: boolean,
): Promise<Call | NoCall> {
  const { part } = preparing.delivery
  const step = steps[part]
  // An album makes as many messages as it has media; the first of them has the caption.
  const before = steps
    .slice(0, part)
    .reduce((count, { method, media }) => count + (method === 'sendMediaGroup' ? media.length : 1), 0)
  const messageId = messageIds[before]
  if (!step || messageId === undefined) return nothingSent
  const call = await makeEditCall(preparing, messageId, step, { shown: step.shown, hasNewMedia })
  return { ...call, isLast: part >= steps.length - 1 }
}
