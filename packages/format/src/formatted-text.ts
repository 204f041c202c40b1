export type EntityType =
  | 'bold'
  | 'italic'
  | 'underline'
  | 'strikethrough'
  | 'spoiler'
  | 'code'
  | 'pre'
  | 'text_link'
  | 'text_mention'
  | 'custom_emoji'
  | 'date_time'
  | 'blockquote'
  | 'expandable_blockquote'

/**
 * A stretch of a text with a meaning. Offset and length count UTF-16 code units, as Telegram does. The names
 * are those of the Bot API's `MessageEntity`, save `user_id`, which the Bot API shows as an object `user`.
 */
export interface Entity {
  type: EntityType
  offset: number
  length: number
  /** Of a `text_link`. */
  url?: string
  /** Of a `pre`. */
  language?: string
  /** Of a `text_mention`. */
  user_id?: number
  /** Of a `custom_emoji`: a signed 64-bit number in decimal. */
  custom_emoji_id?: string
  /** Of a `date_time`: seconds. */
  unix_time?: number
  /** Of a `date_time`: `r`, or `w`, then `d` or `D`, then `t` or `T`; may be empty. */
  date_time_format?: string
}

export interface FormattedText {
  text: string
  entities: Entity[]
}
