import type MarkdownIt from 'markdown-it'
import type { StateInline } from 'markdown-it'

/** So far a formula, or a run of program text, is looked at: longer ones are none. */
const lengthMax = 1_000
const runMax = 200

const sunder = /__[a-z][a-z0-9_]*__(?![A-Za-z0-9_])/y
const dollars = /\$\$[^$]+\$\$|\$(?=[^\s$])(?:[^$\\\n]|\\[^\n])*[^\s$]\$(?!\d)/y
const brackets = /\\\([^]*?\\\)|\\\[[^]*?\\\]/y
const formula = /[\\^_={}*+/<>|]/
/** Between brackets a slash alone tells nothing: `\[AC/DC\]` is a name that a program has escaped. */
const bracketed = /[\\^_={}*+<>|]/
const escaped = /\\[!-/:-@[-`{-~]/g

/** Takes names, formulas, paths and patterns as they stand, though they are written with the characters of marks. */
export function addLiteralText(parser: MarkdownIt): void {
  parser.inline.ruler.before('escape', 'literal_text', readLiteral)
}

function readLiteral(state: StateInline, isSilent: boolean): boolean {
  const literal = findLiteral(state)
  if (literal === '') return false
  if (!isSilent && isFormula(literal)) state.push('formula', '', 0).content = literal
  else if (!isSilent) state.pending += literal
  state.pos += literal.length
  return true
}

/** A name with underscores is none, nor a single backslash. */
function isFormula(literal: string): boolean {
  return literal.length > 1 && !literal.startsWith('_')
}

function findLiteral({ src, pos, posMax }: StateInline): string {
  const end = Math.min(posMax, pos + lengthMax)
  switch (src.charAt(pos)) {
    case '_':
      return /\w/.test(src.charAt(pos - 1)) ? '' : matchAt(sunder, src, pos, end)
    case '$': {
      const found = matchAt(dollars, src, pos, end)
      return formula.test(found.replaceAll('$', '')) ? found : ''
    }
    case '\\': {
      const found = matchAt(brackets, src, pos, end)
      // Where all of it is escaped, it is no formula.
      if (bracketed.test(found.slice(2, -2).replaceAll(escaped, ''))) return found
      return isProgramText(src, pos, posMax) ? '\\' : ''
    }
    default:
      return ''
  }
}

function matchAt(pattern: RegExp, src: string, pos: number, end: number): string {
  pattern.lastIndex = 0
  return pattern.exec(src.slice(pos, end))?.[0] ?? ''
}

/** A run without spaces in which a backslash stands before a letter or a digit: no backslash in it escapes anything. */
function isProgramText(src: string, pos: number, posMax: number): boolean {
  const before = /\S*$/.exec(src.slice(Math.max(0, pos - runMax), pos))?.[0] ?? ''
  const after = /^\S*/.exec(src.slice(pos, Math.min(posMax, pos + runMax)))?.[0] ?? ''
  return /\\[\p{L}\p{N}]/u.test(before + after)
}
