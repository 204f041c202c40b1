import type MarkdownIt from 'markdown-it'
import type { StateBlock, StateInline, Token } from 'markdown-it'
import { lineOf } from './rules.js'

/** Tags that come in pairs and that Markdown has marks for, or Telegram entities. */
const pairs: Record<string, string> = {
  b: 'strong',
  strong: 'strong',
  i: 'em',
  em: 'em',
  u: 'underline',
  ins: 'underline',
  s: 's',
  del: 's',
  strike: 's',
  code: 'code',
  kbd: 'code',
  samp: 'code',
  'tg-spoiler': 'spoiler',
  a: 'link',
}
/** Tags that only arrange what is in them. They are not shown; those in the second list part lines. */
const arranging = new Set([
  'span',
  'sub',
  'sup',
  'font',
  'small',
  'big',
  'mark',
  'center',
  'picture',
  'summary',
  'details',
])
const parting = new Set(['p', 'div', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'hr', 'br'])

const tag = /^<(\/?)([a-z][a-z0-9-]*)((?:\s+[a-z:_-][\w:.-]*(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'=<>`]+))?)*)\s*\/?>/i
const tagLengthMax = 2_000
const [commentStart, commentEnd] = ['<!--', '-->']
/** Where the last comment of a text ends: behind it none is looked for. */
const lastCommentEnds = new WeakMap<StateInline, number>()
const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** HTML does what it says, or is not shown. What is no tag of HTML (`List<String>`, `<host>`) is text. */
export function addHtml(parser: MarkdownIt): void {
  parser.inline.ruler.before('autolink', 'html_tag', readTag)
  parser.inline.ruler2.before('fragments_join', 'html_tag', pairTags)
  const interrupts = { alt: ['paragraph', 'reference', 'blockquote', 'list'] }
  parser.block.ruler.before('fence', 'html_comment', readComment, interrupts)
  parser.block.ruler.before('fence', 'html_details', readDetails, interrupts)
  parser.block.ruler.before('fence', 'html_pre', readPre, interrupts)
}

interface TagMeta {
  /** The name of the style or link that it opens or closes. */
  style: string
  isClosing: boolean
}

function readTag(state: StateInline, isSilent: boolean): boolean {
  const { src, pos, posMax } = state
  if (src.charAt(pos) !== '<') return false
  const end = endOfComment(state)
  if (end !== undefined) {
    state.pos = end
    return true
  }
  const [written = '', slash = '', name = '', attributes = ''] =
    tag.exec(src.slice(pos, Math.min(posMax, pos + tagLengthMax))) ?? []
  const known = name.toLowerCase()
  const style = pairs[known]
  if (written === '' || !(style !== undefined || known === 'img' || arranging.has(known) || parting.has(known))) {
    return false
  }
  if (!isSilent) {
    if (style !== undefined) pushPaired(state, written, { style, isClosing: slash !== '' }, attributes)
    else if (known === 'img') pushImage(state, attributes)
    else if (parting.has(known)) partLine(state, known, slash !== '')
  }
  state.pos += written.length
  return true
}

function endOfComment(state: StateInline): number | undefined {
  const { src, pos, posMax } = state
  if (!src.startsWith(commentStart, pos)) return undefined
  const last = lastCommentEnds.get(state) ?? src.lastIndexOf(commentEnd)
  lastCommentEnds.set(state, last)
  const end = last < pos ? -1 : src.indexOf(commentEnd, pos + commentStart.length)
  return end === -1 || end + commentEnd.length > posMax ? undefined : end + commentEnd.length
}

function pushPaired(state: StateInline, written: string, meta: TagMeta, attributes: string): void {
  const token = state.push('text', '', 0)
  token.content = written
  token.meta = meta
  const href = attributeOf(attributes, 'href')
  if (meta.style === 'link' && href !== undefined) token.attrSet('href', href)
}

function pushImage(state: StateInline, attributes: string): void {
  const token = state.push('image', 'img', 0)
  token.attrSet('src', attributeOf(attributes, 'src') ?? '')
  const text = new state.Token('text', '', 0)
  text.content = attributeOf(attributes, 'alt') ?? ''
  token.children = [text]
}

function partLine(state: StateInline, name: string, isClosing: boolean): void {
  const isFirst = state.tokens.length === 0 && state.pending === ''
  if (name === 'hr') state.push('text', '', 0).content = isFirst ? '———' : '\n———'
  else if (name === 'br' || (!isFirst && isClosing === (name === 'p' || name.startsWith('h'))))
    state.push('hardbreak', 'br', 0)
  if (name === 'li' && !isClosing) state.push('text', '', 0).content = '• '
}

function attributeOf(attributes: string, name: string): string | undefined {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'=<>]+))`, 'i').exec(attributes)
  const value = found?.[1] ?? found?.[2] ?? found?.[3]
  return value?.replace(/&(\w+);/g, (written, entity: string) => entities[entity] ?? written)
}

/** A tag without its counterpart stays text. */
function pairTags(state: StateInline): boolean {
  const open = new Map<string, Token[]>()
  for (const token of state.tokens) {
    const meta = token.type === 'text' ? (token.meta as TagMeta | null) : null
    if (!meta) continue
    const waiting = open.get(meta.style) ?? []
    open.set(meta.style, waiting)
    if (!meta.isClosing) {
      waiting.push(token)
      continue
    }
    const opening = waiting.pop()
    if (!opening) continue
    Object.assign(opening, { type: `${meta.style}_open`, content: '' })
    Object.assign(token, { type: `${meta.style}_close`, content: '' })
  }
  return true
}

/** A comment on lines of its own, however many. */
function readComment(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  if (!lineOf(state, startLine).startsWith('<!--')) return false
  const end = findEnd(state, startLine, endLine, commentEnd)
  if (end === undefined || lineOf(state, end).split(commentEnd).slice(1).join('').trim() !== '') return false
  if (!isSilent) state.line = end + 1
  return true
}

const detailsOpen = /^<details(?:\s[^>]*)?>/i
/** Further ones in these are shown as what is in them. */
const detailsDepthMax = 5

/** Its summary is the first paragraph in it. */
export interface DetailsMeta {
  hasSummary: boolean
}

/** `<details>`: its summary in bold, and what is in it, as a quote that can be expanded. */
function readDetails(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  if (!detailsOpen.test(lineOf(state, startLine))) return false
  const environment = state.env as { detailsDepth?: number }
  const outer = environment.detailsDepth ?? 0
  if (outer >= detailsDepthMax) return false
  if (isSilent) return true
  let depth = 0
  const end =
    findLine(state, startLine, endLine, (line) => {
      depth += (line.match(/<details(?:\s[^>]*)?>/gi)?.length ?? 0) - (line.match(/<\/details>/gi)?.length ?? 0)
      return depth <= 0
    }) ?? endLine - 1
  const source = state.getLines(startLine, end + 1, state.blkIndent, false).trim()
  const content = source.replace(detailsOpen, '').replace(/<\/details>\s*$/i, '')
  const [written = '', summary = ''] = /^\s*<summary(?:\s[^>]*)?>([^]*?)<\/summary>/i.exec(content) ?? []
  const opening = state.push('details_open', 'details', 1)
  opening.meta = { hasSummary: summary.trim() !== '' } satisfies DetailsMeta
  if (summary.trim() !== '') {
    state.push('paragraph_open', 'p', 1)
    const inline = state.push('inline', '', 0)
    inline.content = `**${summary.trim().replace(/\s+/g, ' ').replaceAll('**', '')}**`
    inline.children = []
    state.push('paragraph_close', 'p', -1)
  }
  environment.detailsDepth = outer + 1
  state.md.block.parse(content.slice(written.length), state.md, environment, state.tokens)
  environment.detailsDepth = outer
  state.push('details_close', 'details', -1)
  state.line = end + 1
  return true
}

/** `<pre>`, with or without `<code>` in it. */
function readPre(state: StateBlock, startLine: number, endLine: number, isSilent: boolean): boolean {
  if (!/^<pre[\s>]/i.test(lineOf(state, startLine))) return false
  const end = findEnd(state, startLine, endLine, '</pre>')
  if (end === undefined) return false
  if (isSilent) return true
  const source = state.getLines(startLine, end + 1, state.blkIndent, false)
  const token = state.push('fence', 'code', 0)
  token.info = /class\s*=\s*["']?language-([\w+-]+)/i.exec(source)?.[1] ?? ''
  token.content = source
    .replace(/^\s*<pre[^>]*>\s*(?:<code[^>]*>)?\n?/i, '')
    .replace(/(?:<\/code>)?\s*<\/pre>\s*$/i, '')
    .replace(/&(\w+);/g, (written, entity: string) => entities[entity] ?? written)
  token.map = [startLine, end + 1]
  state.line = end + 1
  return true
}

/** Ends of which there is none up to a line: behind the first look they are not looked for again. */
const missingEnds = new WeakMap<StateBlock, Map<string, number>>()

function findEnd(state: StateBlock, startLine: number, endLine: number, end: string): number | undefined {
  const missing = missingEnds.get(state) ?? new Map<string, number>()
  if (endLine <= (missing.get(end) ?? 0)) return undefined
  const found = findLine(state, startLine, endLine, (line) => line.toLowerCase().includes(end))
  if (found === undefined) missingEnds.set(state, missing.set(end, endLine))
  return found
}

function findLine(
  state: StateBlock,
  startLine: number,
  endLine: number,
  isIt: (line: string) => boolean,
): number | undefined {
  for (let line = startLine; line < endLine; line++) if (isIt(lineOf(state, line))) return line
  return undefined
}
