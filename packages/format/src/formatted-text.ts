/** A stretch of a text with a meaning. Offset and length count UTF-16 code units, as Telegram does. */
export interface Entity {
  type: 'bold' | 'italic' | 'strikethrough' | 'code' | 'pre' | 'text_link' | 'blockquote'
  offset: number
  length: number
  url?: string
  language?: string
}

export interface FormattedText {
  text: string
  entities: Entity[]
}
