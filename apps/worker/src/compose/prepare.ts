import type { ClaimedDelivery, ClaimedEdit, ClaimedNotification } from '@tellwire/db'
import {
  type BoundedWork,
  type MessageContent,
  type MessageToPrepare,
  type PreparedMessage,
  prepareMessage,
  type Unpreparable,
} from '@tellwire/domain'
import { type NoCall, noCall } from './call.js'
import type { LookUps } from './look-ups.js'

/** Makes what Telegram keeps with a button of a delivery: a signed reference. */
export type SignButton = (deliveryId: string, button: { index: number; action: string; value: unknown }) => string

/** A message ready to be sent part by part, or why it cannot be; nothing for a delivery that is no message. */
export type Prepared = PreparedMessage | NoCall | undefined

/** Prepares messages. One that takes several calls is prepared once, as long as it stays the same. */
export interface Preparer {
  /**
   * @returns at once where the message is short, and otherwise when a thread has prepared it.
   * @throws {BudgetExceeded}
   */
  prepare(delivery: ClaimedDelivery, content: MessageContent, lookUps: LookUps): Prepared | Promise<Prepared>
}

const keptMax = 200
/** Whatever stands in a text of this length, it takes no longer than a few milliseconds. */
const shortLengthMax = 2_048

export function createPreparer(work: BoundedWork, signButton: SignButton): Preparer {
  const kept = new Map<string, { fingerprint: string; prepared: PreparedMessage }>()

  const keep = (id: string, message: MessageToPrepare, prepared: PreparedMessage | Unpreparable): Prepared => {
    if ('failure' in prepared) return noCall(prepared.failure)
    if (prepared.steps.length > 1) {
      const [oldest] = kept.keys()
      if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
      kept.set(id, { fingerprint: JSON.stringify(message), prepared })
    }
    return prepared
  }

  return {
    prepare(delivery, content, lookUps) {
      if (delivery.kind === 'reply' || (delivery.kind === 'edit' && delivery.edit.type === 'delete')) return undefined
      const message = toPrepare(delivery, content, lookUps, signButton)
      const known = delivery.part > 0 ? kept.get(delivery.id) : undefined
      if (known?.fingerprint === JSON.stringify(message)) return known.prepared
      const isShort = content.text.length <= shortLengthMax && content.options.template === undefined
      if (isShort) return keep(delivery.id, message, prepareMessage(message))
      return work
        .run(delivery.tenantId, 'prepareMessage', message)
        .then((prepared) => keep(delivery.id, message, prepared))
    },
  }
}

function toPrepare(
  delivery: ClaimedNotification | ClaimedEdit,
  content: MessageContent,
  { template, thread, replyTo, sent, sender }: LookUps,
  signButton: SignButton,
): MessageToPrepare {
  const isEdit = delivery.kind === 'edit'
  const ofDelivery = isEdit ? delivery.edit.deliveryId : delivery.id
  return {
    content: isEdit ? content : inItsChat(content, delivery),
    template,
    plan: {
      isGroup: delivery.isGroup,
      sender,
      dropped: [...(isEdit ? (sent?.dropped ?? []) : []), ...delivery.dropped],
      replyTo: isEdit ? undefined : replyParametersOf(delivery, thread?.messageId, replyTo),
      callbackData: callbackDataOf(content, (button) => signButton(ofDelivery, button)),
    },
  }
}

/** A message goes to the topic in which its chat was connected, and without a sound where the person wants none. */
function inItsChat(content: MessageContent, { isMuted, forumTopic }: ClaimedNotification): MessageContent {
  if (!isMuted && forumTopic === null) return content
  const { options } = content
  const topic = options.forum_topic ?? forumTopic ?? undefined
  return {
    ...content,
    options: {
      ...options,
      ...(isMuted ? { silent: true } : {}),
      ...(topic === undefined ? {} : { forum_topic: topic }),
    },
  }
}

function replyParametersOf(
  { chatId }: ClaimedNotification,
  threadMessageId: number | undefined,
  replyTo: LookUps['replyTo'],
): MessageToPrepare['plan']['replyTo'] {
  if (threadMessageId !== undefined) return { messageId: threadMessageId, chatId: undefined }
  return replyTo && { messageId: replyTo.messageId, chatId: replyTo.chatId === chatId ? undefined : replyTo.chatId }
}

function callbackDataOf(
  { options: { buttons = [] } }: MessageContent,
  sign: (button: { index: number; action: string; value: unknown }) => string,
): string[] {
  return buttons
    .flat()
    .map((button, index) => ('action' in button ? sign({ index, action: button.action, value: button.value }) : ''))
}
