import type { Token } from 'markdown-it'
import { footnoteMark } from '../markdown/footnotes.js'
import { isOpenable, readImage } from '../markdown/inline-tokens.js'
import { cleanText } from './clean-text.js'
import { plainOf, type RichMark, type RichText } from './rich-message.js'

const marks: Record<string, RichMark> = {
  strong: 'bold',
  em: 'italic',
  s: 'strikethrough',
  spoiler: 'spoiler',
  underline: 'underline',
}

/** A mark or a link that is open, and what stands in it so far. */
interface Span {
  name: string
  /** Of a link. */
  href: string
  parts: RichText[]
}

/** Marks within marks beyond these are left out: of 16 levels a message of Telegram needs some for its blocks. */
const openMax = 8

/** Under which name a footnote is referred to, by its index from 0. */
export const noteName = (index: number): string => `note-${index + 1}`

/** The text of one block: words, marks, links, code. */
export function renderRichInline(tokens: readonly Token[]): RichText {
  const root: Span = { name: '', href: '', parts: [] }
  const open: Span[] = [root]
  /** How many of each name were left out, and are to be closed. */
  const left = new Map<string, number>()
  const write = (...parts: RichText[]): void => void open.at(-1)?.parts.push(...parts)
  const begin = (name: string, href: string): void => {
    if (open.length <= openMax) open.push({ name, href, parts: [] })
    else left.set(name, (left.get(name) ?? 0) + 1)
  }
  const end = (name: string): void => {
    const leftOut = left.get(name) ?? 0
    if (leftOut > 0) return void left.set(name, leftOut - 1)
    const at = open.findLastIndex((span) => span.name === name)
    if (at < 1) return
    // Tags of HTML may overlap: those that go on are begun anew.
    const [closed, ...overlapping] = open.splice(at)
    let inner: RichText[] = []
    for (const span of overlapping.toReversed()) inner = wrap(span, [...span.parts, ...inner], open)
    if (closed) write(...wrap(closed, [...closed.parts, ...inner], open))
    open.push(...overlapping.map((span) => ({ ...span, parts: [] })))
  }
  for (const token of tokens) {
    const [, name = '', direction] = /^(\w+)_(open|close)$/.exec(token.type) ?? []
    const isSpan = name === 'link' || marks[name] !== undefined
    if (isSpan && direction === 'open') begin(name, token.attrGet('href') ?? '')
    else if (isSpan) end(name)
    else write(renderToken(token, isOpen(open, 'link')))
  }
  while (open.length > 1) end(open.at(-1)?.name ?? '')
  return simplify(root.parts)
}

function isOpen(spans: readonly Span[], name: string): boolean {
  return spans.some((span) => span.name === name)
}

function wrap({ name, href }: Span, parts: RichText[], outer: readonly Span[]): RichText[] {
  const text = simplify(parts)
  const mark = marks[name]
  if (mark) return isEmpty(text) ? [] : [{ type: mark, text }]
  if (isOpenable(href) && !isOpen(outer, 'link')) {
    // A link without a text shows its address.
    return [{ type: 'url', text: isEmpty(text) ? href : text, url: href }]
  }
  const isShown = href === '' || plainOf(text).endsWith(href.replace(/^mailto:/, ''))
  return isShown ? parts : [...parts, ` (${href})`]
}

/** Of what was simplified, nothing stands for no text. */
function isEmpty(text: RichText): boolean {
  return text === ''
}

/** A word in a link cannot be another link. */
function renderToken(token: Token, isInLink: boolean): RichText {
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      return '\n'
    case 'code_inline':
      return { type: 'code', text: cleanText(token.content) }
    case 'formula':
      return { type: 'mathematical_expression', expression: formulaOf(token) }
    case 'image':
      return renderImage(token, isInLink)
    case 'footnote_ref': {
      const { id } = token.meta as { id: number }
      return { type: 'reference_link', text: footnoteMark(id), reference_name: noteName(id) }
    }
    default:
      return cleanText(token.content)
  }
}

/** A formula without its signs. */
export const formulaOf = ({ content }: Token): string =>
  content.replace(/^(?:\$\$?|\\[([])/, '').replace(/(?:\$\$?|\\[)\]])$/, '')

function renderImage(token: Token, isInLink: boolean): RichText {
  const { source, text: written, emojiId, moment } = readImage(token)
  const text = cleanText(written) || source
  if (emojiId !== undefined) return { type: 'custom_emoji', custom_emoji_id: emojiId, alternative_text: text }
  if (moment) return { type: 'date_time', text, ...moment }
  if (isInLink) return text
  if (isOpenable(source)) return { type: 'url', text, url: source }
  return text.endsWith(source) ? text : `${text} (${source})`
}

/** Neighbouring strings become one, and a list of one text that text. */
export function simplify(parts: readonly RichText[]): RichText {
  const joined: RichText[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part === '') continue
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part
    else joined.push(part)
  }
  const [only = '', ...others] = joined
  return others.length === 0 ? only : joined
}
