import type { Token } from 'markdown-it'
import { footnoteMark } from '../markdown/footnotes.js'
import { isOpenable, textOf } from '../markdown/inline-tokens.js'
import { findCustomEmojiId, findTime, readDateTimeFormat } from '../telegram/links.js'
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

/** Under which name a footnote is referred to, by its index from 0. */
export const noteName = (index: number): string => `note-${index + 1}`

/** The text of one block: words, marks, links, code. */
export function renderRichInline(tokens: readonly Token[]): RichText {
  const root: Span = { name: '', href: '', parts: [] }
  const open: Span[] = [root]
  const write = (...parts: RichText[]): void => void open.at(-1)?.parts.push(...parts)
  const close = (name: string): void => {
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
    if (isSpan && direction === 'open') open.push({ name, href: token.attrGet('href') ?? '', parts: [] })
    else if (isSpan) close(name)
    else write(renderToken(token))
  }
  while (open.length > 1) close(open.at(-1)?.name ?? '')
  return simplify(root.parts)
}

function wrap({ name, href }: Span, parts: RichText[], outer: readonly Span[]): RichText[] {
  const text = simplify(parts)
  const mark = marks[name]
  if (mark) return plainOf(text) === '' ? [] : [{ type: mark, text }]
  if (isOpenable(href) && !outer.some((span) => span.name === 'link')) {
    // A link without a text shows its address.
    return [{ type: 'url', text: plainOf(text) === '' ? href : text, url: href }]
  }
  const isShown = href === '' || plainOf(text).endsWith(href.replace(/^mailto:/, ''))
  return isShown ? parts : [...parts, ` (${href})`]
}

function renderToken(token: Token): RichText {
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      return '\n'
    case 'code_inline':
      return { type: 'code', text: token.content }
    case 'formula':
      return { type: 'mathematical_expression', expression: formulaOf(token) }
    case 'image':
      return renderImage(token)
    case 'footnote_ref': {
      const { id } = token.meta as { id: number }
      return { type: 'reference_link', text: footnoteMark(id), reference_name: noteName(id) }
    }
    default:
      return token.content
  }
}

/** A formula without its signs. */
export const formulaOf = ({ content }: Token): string =>
  content.replace(/^(?:\$\$?|\\[([])/, '').replace(/(?:\$\$?|\\[)\]])$/, '')

function renderImage(token: Token): RichText {
  const source = token.attrGet('src') ?? ''
  const described = textOf(token.children ?? [])
  const text = described === '' ? source : described
  const emojiId = findCustomEmojiId(source)
  if (emojiId !== undefined) return { type: 'custom_emoji', custom_emoji_id: emojiId, alternative_text: text }
  const time = findTime(source)
  const format = time && readDateTimeFormat(time.format)
  if (time && format !== undefined) {
    return { type: 'date_time', text, unix_time: time.unixTime, date_time_format: format }
  }
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
