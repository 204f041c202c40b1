import type MarkdownIt from 'markdown-it'
import type { StateInline } from 'markdown-it'

const labelled = /^<(https?:\/\/[^|<>\s]+)\|([^<>\n]+)>/

/** `<https://example.com|label>`, as chat programs write a link. */
export function addLabelledLinks(parser: MarkdownIt): void {
  parser.inline.ruler.before('autolink', 'labelled_link', readLabelledLink)
}

function readLabelledLink(state: StateInline, isSilent: boolean): boolean {
  if (!state.src.startsWith('<http', state.pos)) return false
  const [written, href, label] = labelled.exec(state.src.slice(state.pos, state.posMax)) ?? []
  if (written === undefined || href === undefined || label === undefined) return false
  if (!isSilent) {
    state.push('link_open', 'a', 1).attrSet('href', href)
    state.push('text', '', 0).content = label
    state.push('link_close', 'a', -1)
  }
  state.pos += written.length
  return true
}
