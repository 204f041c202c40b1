import type { ClaimedDelivery } from '@tellwire/db'
import {
  type Droppable,
  makeCallbackData,
  type MessageContent,
  type MessageOptions,
  type MessageStep,
  planMessage,
} from '@tellwire/domain'
import type { TextFormat } from '@tellwire/format'
import type { WorkerContext } from '../context.js'
import type { OpenUploads } from './call.js'

export interface Preparing {
  ctx: WorkerContext
  botId: string
  delivery: ClaimedDelivery
  uploads: OpenUploads
}

export function readContent({ format, text, message }: ClaimedDelivery): MessageContent {
  // What is stored was checked when it was accepted.
  return { format: (format ?? 'markdown') as TextFormat, text: text ?? '', options: message ?? {} }
}

export function planSteps(
  { ctx, delivery }: Preparing,
  content: MessageContent,
  replyToMessageId: number | undefined,
): MessageStep[] {
  const { isGroup, dropped } = delivery
  return planMessage(content, {
    dropped,
    isGroup,
    replyToMessageId,
    callbackDataOf: (index, action, value) =>
      makeCallbackData(ctx.sealer, deliveryIdOf(delivery), { index, action, value }),
  })
}

export function droppableOf({ topic, effect, attachments }: MessageOptions, format: TextFormat): Droppable[] {
  return [
    ...(format === 'markdown' ? ['formatting' as const] : []),
    ...(topic === undefined ? [] : ['topic' as const]),
    ...(effect === undefined ? [] : ['effect' as const]),
    ...(attachments?.some(({ fallback }) => fallback === 'document') ? ['photo' as const] : []),
  ]
}

/** A row that changes a message stands for the delivery that was sent. */
function deliveryIdOf({ id, kind, reply }: ClaimedDelivery): string {
  return kind === 'change' ? (reply as { delivery_id: string }).delivery_id : id
}
