import type { Filling } from '../fill-values.js'
import type { Entity } from '../formatted-text.js'
import { byteOffset, cannotParse } from './telegram-parse-error.js'

/** An entity that was opened and not closed, by the name that Telegram's errors have for it. */
export interface OpenEntity {
  name:
    | 'Bold'
    | 'Italic'
    | 'Underline'
    | 'Strikethrough'
    | 'Spoiler'
    | 'Code'
    | 'Pre'
    | 'PreCode'
    | 'TextUrl'
    | 'CustomEmoji'
    | 'Quote'
  /** Where its mark begins in the source. */
  start: number
  /** Where its text begins in the result. */
  offset: number
  language?: string
}

export interface State {
  readonly source: string
  readonly filling: Filling
  position: number
  text: string
  entities: Entity[]
  open: OpenEntity[]
  isInQuote: boolean
  /** Whether a `>` at this place would begin a quote, or go on with one. */
  canQuoteStart: boolean
}

export function write(state: State, character: string): void {
  state.text += character
  // A carriage return is as if it were not there.
  if (character !== '\r') state.canQuoteStart = character === '\n'
}

export function add(state: State, { offset }: OpenEntity, entity: Omit<Entity, 'offset' | 'length'> | undefined): void {
  const length = state.text.length - offset
  if (entity && length > 0) state.entities.push({ ...entity, offset, length })
}

export function endNotFound({ source }: State, { name, start }: OpenEntity) {
  return cannotParse(`Can't find end of ${name} entity at byte offset ${byteOffset(source, start)}`, start)
}
