import type { Token } from 'markdown-it'
import { expandTabs, inCode } from '../expand-tabs.js'
import type { FormattedText } from '../formatted-text.js'
import { finishWholeText, isInvisible, isOnlyMarks } from '../telegram/finish-telegram-text.js'
import { fillText } from '../fill-values.js'
import { footnoteMark } from './footnotes.js'
import { languageOf } from './inline-tokens.js'
import { parseMarkdown, type Reading } from './parse-markdown.js'
import { renderInline } from './render-inline.js'
import { type Rendering, startRendering, warn, type Warning } from './rendering.js'
import type { ItemMeta } from './dialect/lists.js'
import type { Dialect } from './parser.js'
import { renderTable } from './render-table.js'
import type { TextBuilder } from './text-builder.js'

export interface MarkdownOptions extends Reading {
  /**
   * How many columns of monospaced text a table may take; a wider one becomes a list. A phone shows about 40.
   * @default 40
   */
  tableWidthMax?: number
  /** @default 'written' */
  dialect?: Dialect
}

export interface RenderedText extends FormattedText {
  warnings: Warning[]
}

const expandableLines = 10
const expandableLength = 600

/**
 * Markdown (CommonMark, tables, strikethrough, task lists, footnotes, `||spoilers||`, `<u>`) as the text and
 * entities that Telegram will show. No source is refused and none of its words are lost: what has no
 * counterpart in Telegram stays readable as text, and `warnings` tells of it. Only a source without a visible
 * character gives an empty text.
 */
export function renderMarkdown(
  source: string,
  { tableWidthMax = 40, dialect = 'written', values = [], shortcodes }: MarkdownOptions = {},
): RenderedText {
  const rendering = startRendering(tableWidthMax)
  const wellFormed = source.toWellFormed()
  const { body, notes } = parseMarkdown(wellFormed, dialect, { values, shortcodes })
  renderBlocks(rendering, body)
  for (const [index, note] of notes.entries()) {
    if (index === 0) rendering.out.separate(2)
    else rendering.out.continueOnNextLine()
    rendering.out.startItem(`${footnoteMark(index)} `, '')
    renderBlocks(rendering, note)
    rendering.out.indent = ''
  }
  return finish(rendering, fillText(wellFormed, values))
}

function finish({ out, warnings }: Rendering, source: string): RenderedText {
  const rendered = out.finish()
  // Source that says nothing in Markdown, such as a comment, is shown as it is written; marks around nothing are not.
  const isSource = isInvisible(rendered.text)
  if (isSource && isOnlyMarks(source)) return { text: '', entities: [], warnings: [...warnings.values()] }
  const shown = isSource ? { text: source, entities: [] } : rendered
  const finished = finishWholeText(expandTabs(shown, inCode(shown)))
  return { ...finished, warnings: [...warnings.values()] }
}

function renderBlocks(rendering: Rendering, tokens: readonly Token[]): void {
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    if (token?.type === 'table_open') {
      let end = index + 1
      while (end < tokens.length && tokens[end]?.type !== 'table_close') end++
      renderTable(rendering, tokens.slice(index, end))
      index = end
    } else if (token) {
      renderBlock(rendering, token)
    }
  }
}

function renderBlock(rendering: Rendering, token: Token): void {
  const { out, lists } = rendering
  switch (token.type) {
    case 'paragraph_open':
    case 'paragraph_close':
      out.separate(token.hidden ? 1 : 2)
      break
    case 'heading_open':
      out.separate(2)
      out.open('bold')
      break
    case 'heading_close':
      out.close('bold')
      out.separate(2)
      break
    case 'inline':
      renderInline(rendering, token.children ?? [])
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
      if (--rendering.quoteDepth === 0) out.closeBlock('blockquote', quoteType)
      out.separate(2)
      break
    case 'details_open':
      out.separate(2)
      if (rendering.quoteDepth++ === 0) out.openBlock('blockquote')
      break
    case 'details_close':
      if (--rendering.quoteDepth === 0) out.closeBlock('blockquote', () => 'expandable_blockquote')
      out.separate(2)
      break
    case 'definition':
      out.separate(1)
      out.write(token.content)
      out.separate(1)
      break
    case 'bullet_list_open':
    case 'ordered_list_open':
      openList(rendering)
      break
    case 'bullet_list_close':
    case 'ordered_list_close':
      out.indent = lists.pop()?.outerIndent ?? ''
      out.separate(lists.length > 0 ? 1 : 2)
      break
    case 'list_item_open':
      openItem(rendering, token)
      break
    case 'list_item_close':
      out.endItem(lists.at(-1)?.outerIndent ?? '')
      break
    case 'oversized_block':
      warn(
        rendering.warnings,
        'shown_as_written',
        'What is nested too deeply, or a huge table, is shown as it is written',
      )
      out.separate(2)
      out.write(token.content)
      out.separate(2)
      break
    default:
      out.write(token.content)
  }
}

function quoteType(text: string): 'blockquote' | 'expandable_blockquote' {
  const isLong = text.length >= expandableLength || text.split('\n', expandableLines).length >= expandableLines
  return isLong ? 'expandable_blockquote' : 'blockquote'
}

function openList({ out, lists }: Rendering): void {
  out.separate(lists.length > 0 ? 1 : 2)
  lists.push({ outerIndent: out.indent })
}

function openItem({ out, lists }: Rendering, { meta }: Token): void {
  const list = lists.at(-1)
  if (!list) return
  out.separate(1)
  out.startItem((meta as ItemMeta).marker, list.outerIndent)
}

function renderCodeBlock(out: TextBuilder, token: Token): void {
  const language = languageOf(token)
  const { indent } = out
  out.separate(2)
  out.open('pre', language === '' ? {} : { language })
  out.indent = ''
  out.write(token.content.replace(/\n$/, ''))
  out.indent = indent
  out.close('pre')
  out.separate(2)
}
