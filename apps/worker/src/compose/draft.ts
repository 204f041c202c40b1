import { createHash } from 'node:crypto'
import type { ClaimedNotification } from '@tellwire/db'
import type { PreparedMessage } from '@tellwire/domain'
import { type Call, plainCall } from './call.js'

/**
 * A draft of a thread: a preview in a private chat, which goes when the bot sends a message, or half a minute later.
 * @returns undefined where it goes as a message of its thread: in a group, or where Telegram has refused the preview.
 */
export function composeDraft(
  { isGroup, dropped, connectionId }: ClaimedNotification,
  { content: { options }, steps }: PreparedMessage,
): Call | undefined {
  const [step, further] = steps
  if (!options.draft || isGroup || dropped.includes('draft') || !step || further || step.media.length > 0)
    return undefined
  const { text, entities, rich_message: rich, message_thread_id: topic } = step.params
  const shown = rich === undefined ? { text, entities } : { rich_message: rich }
  return {
    ...plainCall,
    method: rich === undefined ? 'sendMessageDraft' : 'sendRichMessageDraft',
    params: { draft_id: draftIdOf(connectionId, options.thread_key ?? ''), message_thread_id: topic, ...shown },
    droppable: ['draft', ...step.droppable.filter((part) => part === 'rich' || part === 'formatting')],
  }
}

/** A change of the draft with the same number is animated. It is never 0. */
function draftIdOf(connectionId: string, threadKey: string): number {
  return createHash('sha256').update(`${connectionId} ${threadKey}`).digest().readUInt32BE() % 2_147_483_647 || 1
}
