import { createHash } from 'node:crypto'
import type { ClaimedNotification } from '@tellwire/db'
import { isRich, type PreparedMessage } from '@tellwire/domain'
import { type Call, plainCall } from './call.js'

/**
 * A draft of a thread: a preview in a private chat, which goes when the bot sends a message, or half a minute later.
 * @param hasMessage whether its thread has a message in the chat, which shows its states then.
 * @returns undefined where it goes as a message of its thread: so, in a group, or where Telegram has refused the preview.
 */
export function composeDraft(
  { isGroup, dropped, connectionId }: ClaimedNotification,
  { content: { options }, steps }: PreparedMessage,
  hasMessage: boolean,
): Call | undefined {
  const [step, further] = steps
  if (!options.draft || isGroup || hasMessage || dropped.includes('draft') || !step || further || step.media.length > 0)
    return undefined
  const { text, entities, rich_message: rich, message_thread_id: topic } = step.params
  const shown = rich === undefined ? { text, entities } : { rich_message: rich }
  return {
    ...plainCall,
    method: rich === undefined ? 'sendMessageDraft' : 'sendRichMessageDraft',
    params: { draft_id: draftIdOf(connectionId, options.thread_key ?? ''), message_thread_id: topic, ...shown },
    droppable: ['draft', ...step.droppable.filter((part) => isRich(part) || part === 'formatting')],
  }
}

/** A change of the draft with the same number is animated. It is never 0. */
function draftIdOf(connectionId: string, threadKey: string): number {
  return createHash('sha256').update(`${connectionId} ${threadKey}`).digest().readUInt32BE() % 2_147_483_647 || 1
}
