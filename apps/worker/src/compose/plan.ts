import {
  type Droppable,
  type MessageContent,
  type MessageOptions,
  type MessageStep,
  planMessage,
} from '@tellwire/domain'
import type { TextFormat } from '@tellwire/format'

/** Makes what Telegram keeps with a button of a delivery: a signed reference. */
export type SignButton = (deliveryId: string, button: { index: number; action: string; value: unknown }) => string

interface Planned {
  /** The delivery that its buttons refer to. */
  deliveryId: string
  isGroup: boolean
  dropped: readonly string[]
  replyToMessageId: number | undefined
}

/** The calls that a message takes, in their order. */
export function planSteps(
  content: MessageContent,
  { deliveryId, isGroup, dropped, replyToMessageId }: Planned,
  signButton: SignButton,
): MessageStep[] {
  return planMessage(content, {
    dropped,
    isGroup,
    replyToMessageId,
    callbackDataOf: (index, action, value) => signButton(deliveryId, { index, action, value }),
  })
}

/** What a message can go without. */
export function droppableOf(
  { forum_topic: forumTopic, effect, attachments }: MessageOptions,
  format: TextFormat,
): Droppable[] {
  return [
    ...(format === 'markdown' ? ['formatting' as const] : []),
    ...(forumTopic === undefined ? [] : ['forum_topic' as const]),
    ...(effect === undefined ? [] : ['effect' as const]),
    ...(attachments?.some(({ fallback }) => fallback === 'document') ? ['photo' as const] : []),
  ]
}
