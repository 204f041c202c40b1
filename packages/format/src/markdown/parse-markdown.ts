import type { Token } from 'markdown-it'
import { fillTokens } from '../fill-values.js'
import { splitOffFootnotes } from './footnotes.js'
import { type Dialect, makeParser } from './parser.js'

const parsers = { written: makeParser('written'), commonmark: makeParser('commonmark') }

export interface ParsedMarkdown {
  body: Token[]
  /** The footnotes, in the order in which the text refers to them. */
  notes: Token[][]
}

/** The tokens of a well-formed source, with the values in the places of its placeholders. */
export function parseMarkdown(source: string, dialect: Dialect, values: readonly string[]): ParsedMarkdown {
  const tokens = parsers[dialect].parse(source, {})
  if (values.length > 0) fillTokens(tokens, values)
  return splitOffFootnotes(tokens)
}
