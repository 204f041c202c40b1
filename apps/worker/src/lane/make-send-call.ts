import type { MessageContent, MessageStep } from '@tellwire/domain'
import { type Call, type NoCall, plainCall } from './call.js'
import { droppableOf, type Preparing } from './plan-steps.js'
import { resolveMedia } from './resolve-media.js'

/** The call for the part of a message that is next, where it needs no looking up. */
export function makePlainCall(
  { delivery }: Preparing,
  { options, format }: MessageContent,
  steps: readonly MessageStep[],
): Call | NoCall {
  const step = steps[delivery.part]
  if (!step) return nothingToSend
  return {
    ...plainCall,
    method: step.method,
    params: step.params,
    isLast: delivery.part >= steps.length - 1,
    droppable: droppableOf(options, format),
  }
}

/** A message that was changed to fewer parts while it was being sent. */
const nothingToSend: NoCall = { failure: { class: 'message', code: 'message_empty' } }

/** The same for one with media, or of a thread. */
export async function makeSendCall(
  preparing: Preparing,
  content: MessageContent,
  steps: readonly MessageStep[],
): Promise<Call | NoCall> {
  const call = makePlainCall(preparing, content, steps)
  const step = steps[preparing.delivery.part]
  if ('failure' in call || !step) return nothingToSend
  const { params, uploads, media } = await resolveMedia(preparing, step)
  return {
    ...call,
    params: { ...call.params, ...params },
    uploads,
    media,
    messageCount: step.method === 'sendMediaGroup' ? step.media.length : 1,
    thread:
      content.options.thread_key === undefined || preparing.delivery.part > 0
        ? undefined
        : { key: content.options.thread_key, method: step.method, shown: step.shown },
  }
}
