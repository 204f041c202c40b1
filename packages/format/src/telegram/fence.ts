import { isSpace } from './characters.js'

/**
 * Reads what stands behind the three backticks of a code block: a language, if white space ends it, and one line
 * break that does not belong to the code.
 */
export function readFenceOpening(source: string, start: number): { language: string; contentStart: number } {
  let end = start
  while (!isSpace(source[end]) && source[end] !== '`') end++
  const isLanguage = end > start && end < source.length && source[end] !== '`'
  const language = isLanguage ? source.slice(start, end) : ''
  const position = isLanguage ? end : start
  const lineBreak = /^(?:\r\n|\n\r|\r|\n)/.exec(source.slice(position, position + 2))?.[0] ?? ''
  return { language, contentStart: position + lineBreak.length }
}
