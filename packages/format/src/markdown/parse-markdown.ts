import type { Token } from 'markdown-it'
import { fillTokens } from '../fill-values.js'
import { splitOffFootnotes } from './footnotes.js'
import { type Dialect, makeParser } from './parser.js'
import { showShortcodes } from './shortcodes.js'

const parsers = { written: makeParser('written'), commonmark: makeParser('commonmark') }

export interface ParsedMarkdown {
  body: Token[]
  /** The footnotes, in the order in which the text refers to them. */
  notes: Token[][]
}

/** How a source is read, beside its dialect. */
export interface Reading {
  /** Values of the placeholders of the source (`placeholderOf`), shown as they are. */
  values?: readonly string[] | undefined
  /** Whether names of emoji between colons, as GitHub has them, are shown as emoji. @default false */
  shortcodes?: boolean | undefined
}

/** The tokens of a well-formed source, with the values in the places of its placeholders. */
export function parseMarkdown(
  source: string,
  dialect: Dialect,
  { values = [], shortcodes = false }: Reading,
): ParsedMarkdown {
  const tokens = parsers[dialect].parse(source, {})
  if (shortcodes) showShortcodes(tokens)
  if (values.length > 0) fillTokens(tokens, values)
  return splitOffFootnotes(tokens)
}
