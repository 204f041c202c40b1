import type { Entity, EntityType } from '../formatted-text.js'

/** Where a type stands among entities of the same place, outermost first. */
const ranks: Record<EntityType, number> = {
  blockquote: 0,
  expandable_blockquote: 0,
  pre: 11,
  code: 20,
  date_time: 30,
  text_link: 49,
  text_mention: 49,
  bold: 90,
  italic: 91,
  underline: 92,
  strikethrough: 93,
  spoiler: 94,
  custom_emoji: 99,
}

/** Telegram's order: by place, the longer first, then by type. */
export function sortEntities(entities: readonly Entity[]): Entity[] {
  return entities.toSorted((a, b) => a.offset - b.offset || b.length - a.length || rank(a) - rank(b))
}

function rank({ type, language }: Entity): number {
  return type === 'pre' && language !== undefined ? 10 : ranks[type]
}
