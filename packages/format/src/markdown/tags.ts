import type MarkdownIt from 'markdown-it'
import type { StateInline, Token } from 'markdown-it'

const tag = /^<(\/?)(u|tg-spoiler)>/i

/** The tags for what Markdown has no marks for: `<u>` and `<tg-spoiler>`. All others are text. */
export function addTags(parser: MarkdownIt): void {
  parser.inline.ruler.before('autolink', 'tag', readTag)
  parser.inline.ruler2.before('fragments_join', 'tag', pairTags)
}

interface TagMeta {
  tag: string
  isClosing: boolean
}

function readTag(state: StateInline, isSilent: boolean): boolean {
  if (state.src[state.pos] !== '<') return false
  const [written, slash, name] = tag.exec(state.src.slice(state.pos, state.pos + '</tg-spoiler>'.length)) ?? []
  if (written === undefined || name === undefined) return false
  if (!isSilent) {
    const token = state.push('text', '', 0)
    token.content = written
    const meta: TagMeta = { tag: name.toLowerCase(), isClosing: slash !== '' }
    token.meta = meta
  }
  state.pos += written.length
  return true
}

/** A tag without its counterpart stays text. */
function pairTags(state: StateInline): boolean {
  const open = new Map<string, Token[]>()
  for (const token of state.tokens) {
    const meta = token.type === 'text' ? (token.meta as TagMeta | null) : null
    if (!meta) continue
    const waiting = open.get(meta.tag) ?? []
    open.set(meta.tag, waiting)
    if (!meta.isClosing) {
      waiting.push(token)
      continue
    }
    const opening = waiting.pop()
    if (!opening) continue
    const type = meta.tag === 'u' ? 'underline' : 'spoiler'
    Object.assign(opening, { type: `${type}_open`, content: '' })
    Object.assign(token, { type: `${type}_close`, content: '' })
  }
  return true
}
