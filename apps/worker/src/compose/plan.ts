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
  /** Which of the calls is next. */
  part: number
  isGroup: boolean
  dropped: readonly string[]
  replyToMessageId: number | undefined
}

/** Plans the calls that messages take. One that takes several is planned once, as long as it stays the same. */
export interface Planner {
  /** @returns the calls in their order. */
  plan(content: MessageContent, planned: Planned): MessageStep[]
}

const keptMax = 200

export function createPlanner(signButton: SignButton): Planner {
  const kept = new Map<string, { fingerprint: string; steps: MessageStep[] }>()

  const keep = (id: string, fingerprint: string, steps: MessageStep[]): void => {
    const [oldest] = kept.keys()
    if (kept.size >= keptMax && oldest !== undefined) kept.delete(oldest)
    kept.set(id, { fingerprint, steps })
  }

  return {
    plan(content, planned) {
      const { deliveryId, part, isGroup, dropped, replyToMessageId } = planned
      const fingerprint = (): string => JSON.stringify([content, isGroup, dropped, replyToMessageId])
      const known = part > 0 ? kept.get(deliveryId) : undefined
      if (known?.fingerprint === fingerprint()) return known.steps
      const steps = planMessage(content, {
        dropped,
        isGroup,
        replyToMessageId,
        callbackDataOf: (index, action, value) => signButton(deliveryId, { index, action, value }),
      })
      if (part + 1 < steps.length) keep(deliveryId, fingerprint(), steps)
      return steps
    },
  }
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
