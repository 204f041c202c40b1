/**
 * A message of blocks, as Telegram's rich messages are: the names are those of the Bot API's `InputRichBlock` and
 * `RichText`.
 */
export type RichBlock =
  | { type: 'paragraph'; text: RichText }
  | { type: 'heading'; text: RichText; size: number }
  | { type: 'pre'; text: string; language?: string }
  | { type: 'divider' }
  | { type: 'mathematical_expression'; expression: string }
  | { type: 'list'; items: RichItem[] }
  | { type: 'blockquote'; blocks: RichBlock[] }
  | { type: 'details'; summary: RichText; blocks: RichBlock[] }
  | { type: 'table'; cells: RichCell[][]; is_bordered: true }
  | RichMap
  | RichMedium

/** A place on the earth, in degrees; its size is in pixels. */
export interface RichMap {
  type: 'map'
  location: { latitude: number; longitude: number }
  /** 0 is all of it, 24 a doorstep. */
  zoom: number
  width: number
  height: number
  caption?: RichCaption
}

/** Its media comes by address. */
export type RichMedium =
  | { type: 'photo'; photo: RichMedia<'photo'>; caption?: RichCaption }
  | { type: 'video'; video: RichMedia<'video'>; caption?: RichCaption }
  | { type: 'animation'; animation: RichMedia<'animation'>; caption?: RichCaption }
  | { type: 'audio'; audio: RichMedia<'audio'>; caption?: RichCaption }

export interface RichMedia<Type extends string> {
  type: Type
  media: string
}

export interface RichCaption {
  text: RichText
}

export interface RichItem {
  blocks: RichBlock[]
  has_checkbox?: true
  is_checked?: true
  /** Of a numbered one, with `type`. */
  value?: number
  type?: '1'
}

export interface RichCell {
  /** Absent in an empty one. */
  text?: RichText
  is_header?: true
  align?: 'left' | 'center' | 'right'
}

/** A string, several texts one after the other, or a text with a meaning. */
export type RichText = string | RichText[] | RichSpan

export type RichMark = 'bold' | 'italic' | 'underline' | 'strikethrough' | 'spoiler' | 'code'

export type RichSpan =
  | { type: RichMark; text: RichText }
  | { type: 'url'; text: RichText; url: string }
  | { type: 'custom_emoji'; custom_emoji_id: string; alternative_text: string }
  | { type: 'date_time'; text: RichText; unix_time: number; date_time_format: string }
  | { type: 'mathematical_expression'; expression: string }
  | { type: 'reference'; name: string; text: RichText }
  | { type: 'reference_link'; text: RichText; reference_name: string }

export function isMedium(block: RichBlock): block is RichMedium {
  return block.type === 'photo' || block.type === 'video' || block.type === 'animation' || block.type === 'audio'
}

/** Where a medium is. */
export function addressOf(medium: RichMedium): string {
  switch (medium.type) {
    case 'photo':
      return medium.photo.media
    case 'video':
      return medium.video.media
    case 'animation':
      return medium.animation.media
    case 'audio':
      return medium.audio.media
  }
}

/** A place in figures, as people pass them on. */
export function coordinatesOf({ location: { latitude, longitude } }: RichMap): string {
  return `${latitude}, ${longitude}`
}

/** The blocks that are in a block. */
export function blocksIn(block: RichBlock): RichBlock[] {
  if (block.type === 'list') return block.items.flatMap(({ blocks }) => blocks)
  return 'blocks' in block ? block.blocks : []
}

/** The texts that stand in a block itself, and not in a block within it. */
export function textsIn(block: RichBlock): RichText[] {
  if ('text' in block) return [block.text]
  if ('expression' in block) return [block.expression]
  if ('summary' in block) return [block.summary]
  if ('cells' in block) return block.cells.flatMap((row) => row.map(({ text = '' }) => text))
  return 'caption' in block && block.caption ? [block.caption.text] : []
}

/** A text without its marks, as a reader sees it. */
export function plainOf(text: RichText): string {
  if (typeof text === 'string') return text
  if (Array.isArray(text)) return text.map(plainOf).join('')
  if (text.type === 'custom_emoji') return text.alternative_text
  return text.type === 'mathematical_expression' ? text.expression : plainOf(text.text)
}
