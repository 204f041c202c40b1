import type { Droppable, MessageOptions } from '@tellwire/domain'
import type { TextFormat } from '@tellwire/format'

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
