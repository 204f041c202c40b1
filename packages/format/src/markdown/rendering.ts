import { TextBuilder } from './text-builder.js'

export interface List {
  outerIndent: string
}

export interface OpenLink {
  href: string
  /** Where its text began. */
  offset: number
  isEntity: boolean
}

/** What a reader should know of how a source was rendered. */
export interface Warning {
  code: 'link_as_text' | 'shown_as_written' | 'table_as_list' | 'unknown_character_name'
  message: string
}

export type Warnings = Map<Warning['code'], Warning>

/** One pass over the tokens of a source. */
export interface Rendering {
  out: TextBuilder
  lists: List[]
  quoteDepth: number
  /** The open links, outermost first. Only one can be a link in Telegram. */
  links: OpenLink[]
  warnings: Warnings
  tableWidthMax: number
}

export function startRendering(tableWidthMax: number): Rendering {
  return {
    out: new TextBuilder(),
    lists: [],
    quoteDepth: 0,
    links: [],
    warnings: new Map(),
    tableWidthMax,
  }
}

/** Each kind of warning is given once, for the first place that it is about. */
export function warn(warnings: Warnings, code: Warning['code'], message: string): void {
  if (!warnings.has(code)) warnings.set(code, { code, message })
}
