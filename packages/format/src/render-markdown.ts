import MarkdownIt, { type Token } from 'markdown-it'
import type { FormattedText } from './formatted-text.js'
import { renderPlain } from './render-plain.js'
import { isTelegramUrl } from './telegram-url.js'
import { TextBuilder } from './text-builder.js'

const nestingMax = 100
// The published types leave `maxNesting` out.
const parser = new MarkdownIt('commonmark', { html: false, maxNesting: nestingMax } as object)

interface List {
  /** The next item's number; undefined in a bullet list. */
  number: number | undefined
  outerIndent: string
}

interface OpenLink {
  href: string
  /** Where its text began. */
  offset: number
  isEntity: boolean
}

interface Rendering {
  out: TextBuilder
  lists: List[]
  quoteDepth: number
  /** The open links, outermost first. Only one can be a link in Telegram. */
  links: OpenLink[]
}

/**
 * CommonMark as text and entities. No input is refused: what has no counterpart in Telegram stays
 * readable as text. Source nested deeper than the parser goes is returned as it is.
 */
export function renderMarkdown(source: string): FormattedText {
  const tokens = parser.parse(source, {})
  // The parser drops what lies deeper than its limit.
  if (tokens.some(({ level }) => level >= nestingMax - 2)) return renderPlain(source)

  const rendering: Rendering = { out: new TextBuilder(), lists: [], quoteDepth: 0, links: [] }
  for (const token of tokens) renderBlock(rendering, token)
  return rendering.out.finish()
}

function renderBlock(rendering: Rendering, token: Token): void {
  const { out, lists } = rendering
  switch (token.type) {
    case 'paragraph_open':
      out.separate(token.hidden ? 1 : 2)
      break
    case 'paragraph_close':
      out.separate(token.hidden ? 1 : 2)
      break
    case 'heading_open':
      out.separate(2)
      out.open('bold')
      break
    case 'heading_close':
      out.close()
      out.separate(2)
      break
    case 'inline':
      for (const child of token.children ?? []) renderInline(rendering, child)
      break
    case 'fence':
    case 'code_block':
      renderCodeBlock(out, token)
      break
    case 'hr':
      out.separate(2)
      out.write('———')
      out.separate(2)
      break
    case 'blockquote_open':
      out.separate(2)
      // Telegram has no quote in a quote: the inner ones are shown as part of the outer.
      if (rendering.quoteDepth++ === 0) out.openBlock('blockquote')
      break
    case 'blockquote_close':
      if (--rendering.quoteDepth === 0) out.close()
      out.separate(2)
      break
    case 'bullet_list_open':
    case 'ordered_list_open':
      openList(rendering, token)
      break
    case 'bullet_list_close':
    case 'ordered_list_close':
      out.indent = lists.pop()?.outerIndent ?? ''
      out.separate(lists.length > 0 ? 1 : 2)
      break
    case 'list_item_open':
      openItem(rendering)
      break
    case 'list_item_close':
      out.indent = lists.at(-1)?.outerIndent ?? ''
      out.separate(1)
      break
    default:
      out.write(token.content)
  }
}

function openList({ out, lists }: Rendering, token: Token): void {
  const start = token.attrGet('start')
  out.separate(lists.length > 0 ? 1 : 2)
  lists.push({
    number: token.type === 'ordered_list_open' ? Number(start ?? 1) : undefined,
    outerIndent: out.indent,
  })
}

function openItem({ out, lists }: Rendering): void {
  const list = lists.at(-1)
  if (!list) return
  out.separate(1)
  const marker = list.number === undefined ? '• ' : `${list.number++}. `
  out.startItem(marker, list.outerIndent)
}

function renderCodeBlock(out: TextBuilder, token: Token): void {
  const language = token.info.trim().split(/\s+/)[0] ?? ''
  const { indent } = out
  out.separate(2)
  out.open('pre', language === '' ? {} : { language })
  out.indent = ''
  out.write(token.content.replace(/\n$/, ''))
  out.indent = indent
  out.close()
  out.separate(2)
}

function renderInline(rendering: Rendering, token: Token): void {
  const { out } = rendering
  switch (token.type) {
    case 'softbreak':
    case 'hardbreak':
      out.write('\n')
      break
    case 'strong_open':
      out.open('bold')
      break
    case 'em_open':
      out.open('italic')
      break
    case 'strong_close':
    case 'em_close':
      out.close()
      break
    case 'link_open':
      openLink(rendering, token.attrGet('href') ?? '')
      break
    case 'link_close':
      closeLink(rendering)
      break
    case 'code_inline':
      out.open('code')
      out.write(token.content)
      out.close()
      break
    case 'image':
      openLink(rendering, token.attrGet('src') ?? '')
      out.write(token.content === '' ? (token.attrGet('src') ?? '') : token.content)
      closeLink(rendering)
      break
    default:
      out.write(token.content)
  }
}

/** A link in a link, and one whose address Telegram would refuse, stay text. */
function openLink({ out, links }: Rendering, href: string): void {
  const isEntity = isTelegramUrl(href) && !links.some((link) => link.isEntity)
  if (isEntity) out.open('text_link', { url: href })
  links.push({ href, offset: out.length, isEntity })
}

function closeLink({ out, links }: Rendering): void {
  const link = links.pop()
  if (!link) return
  if (link.isEntity) {
    out.close()
    return
  }
  const isShown = out.textFrom(link.offset).endsWith(link.href.replace(/^mailto:/, ''))
  if (link.href !== '' && !isShown && links.length === 0) out.write(` (${link.href})`)
}
