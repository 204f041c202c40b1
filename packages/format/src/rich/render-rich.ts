import type { Token } from 'markdown-it'
import { expandTabs } from '../expand-tabs.js'
import type { DetailsMeta } from '../markdown/dialect/html.js'
import type { ItemMeta } from '../markdown/dialect/lists.js'
import { footnoteMark } from '../markdown/footnotes.js'
import { alignOf, isOpenable, languageOf, textOf } from '../markdown/inline-tokens.js'
import { parseMarkdown, type Reading } from '../markdown/parse-markdown.js'
import type { Dialect } from '../markdown/parser.js'
import { isInvisible } from '../telegram/finish-telegram-text.js'
import { readTerminalOutput } from '../terminal-output.js'
import { cleanText } from './clean-text.js'
import { formulaOf, noteName, renderRichInline, simplify } from './rich-inline.js'
import {
  plainOf,
  type RichBlock,
  type RichCell,
  type RichItem,
  type RichMap,
  type RichMedium,
  type RichText,
} from './rich-message.js'
import { textOfRich } from './rich-text-of.js'
import { measureRich } from './split-rich.js'

/** Markdown as the blocks of a rich message, however many: none of its words are lost. None where there is nothing to show. */
export function renderRich(source: string, dialect: Dialect, reading: Reading = {}): RichBlock[] {
  const { body, notes } = parseMarkdown(readTerminalOutput(source).toWellFormed(), dialect, reading)
  const blocks = [...renderBlocks(body), ...notes.flatMap(renderNote)]
  return showNothing(blocks) ? [] : blocks
}

function showNothing(blocks: readonly RichBlock[]): boolean {
  return isInvisible(textOfRich(blocks)) && measureRich(blocks).media === 0
}

/** A footnote, of which the first paragraph is what its mark leads to. */
function renderNote(tokens: readonly Token[], index: number): RichBlock[] {
  const [first, ...others] = renderBlocks(tokens)
  const mark = `${footnoteMark(index)} `
  const isText = first?.type === 'paragraph'
  const text: RichText = isText ? [mark, first.text] : mark
  const reference: RichBlock = { type: 'paragraph', text: { type: 'reference', name: noteName(index), text } }
  const line: RichBlock[] = index === 0 ? [{ type: 'divider' }] : []
  return [...line, reference, ...(first && !isText ? [first] : []), ...others]
}

/** A block that is open, and the blocks that are in it so far. */
interface Frame {
  opening: Token | undefined
  blocks: RichBlock[]
  /** Of a list. */
  items: OpenItem[]
}

function renderBlocks(tokens: readonly Token[]): RichBlock[] {
  const root: Frame = { opening: undefined, blocks: [], items: [] }
  const open = [root]
  let heading = 0
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    const frame = open.at(-1) ?? root
    if (!token) break
    switch (token.type) {
      case 'table_open': {
        const start = index
        while (index < tokens.length && tokens[index]?.type !== 'table_close') index++
        frame.blocks.push(renderTable(tokens.slice(start, index)))
        break
      }
      case 'heading_open':
        heading = Number(token.tag.slice(1))
        break
      case 'heading_close':
        heading = 0
        break
      case 'inline':
        frame.blocks.push(...renderParagraph(token.children ?? [], heading))
        break
      case 'blockquote_open':
      case 'details_open':
      case 'bullet_list_open':
      case 'ordered_list_open':
      case 'list_item_open':
        open.push({ opening: token, blocks: [], items: [] })
        break
      case 'blockquote_close':
      case 'details_close':
      case 'bullet_list_close':
      case 'ordered_list_close':
      case 'list_item_close':
        if (open.length > 1) close(open.pop() ?? root, open.at(-1) ?? root)
        break
      default:
        frame.blocks.push(...renderLeaf(token))
    }
  }
  return root.blocks
}

/** Puts a block that has ended into the one around it; one with nothing in it is left out. */
function close({ opening, blocks, items }: Frame, outer: Frame): void {
  if (!opening) return
  if (opening.type === 'list_item_open') outer.items.push({ marker: (opening.meta as ItemMeta).marker, blocks })
  else if (opening.type === 'details_open') outer.blocks.push(...renderDetails(opening, blocks))
  else if (opening.type === 'blockquote_open' && blocks.length > 0) outer.blocks.push({ type: 'blockquote', blocks })
  else if (items.length > 0) outer.blocks.push(...renderList(items))
}

function renderDetails({ meta }: Token, blocks: RichBlock[]): RichBlock[] {
  const { hasSummary } = meta as DetailsMeta
  const [first, ...others] = blocks
  if (!first || showNothing(blocks)) return []
  if (hasSummary && first.type === 'paragraph') return [{ type: 'details', summary: first.text, blocks: others }]
  return [{ type: 'details', summary: '…', blocks }]
}

/** An item whose list is not over. */
interface OpenItem {
  marker: string
  blocks: RichBlock[]
}

const canonical = /^(0|[1-9]\d*)[.)] $/
const bullet = '• '
const taskBox = /^\[([ xX])\] /

/** Amounts are lines, with their signs. */
function renderList(items: readonly OpenItem[]): RichBlock[] {
  const isList = items.some(({ marker }) => marker === bullet || /^\d/.test(marker))
  if (isList) return [{ type: 'list', items: renderItems(items) }]
  return items.flatMap(({ marker, blocks }) => withMarker(marker, blocks))
}

/** Items have numbers, or none of them has: where the markers say more than that, they stand in the text. */
function renderItems(items: readonly OpenItem[]): RichItem[] {
  const isNumbered = items.every(({ marker }) => canonical.test(marker))
  return items.map(({ marker, blocks }) => {
    if (isNumbered) return { ...withBox(blocks), value: Number.parseInt(marker, 10), type: '1' as const }
    return withBox(marker === bullet ? blocks : withMarker(marker, blocks))
  })
}

function withMarker(marker: string, blocks: RichBlock[]): RichBlock[] {
  const [first, ...others] = blocks
  if (first?.type !== 'paragraph') return [{ type: 'paragraph', text: marker.trimEnd() }, ...blocks]
  return [{ type: 'paragraph', text: simplify([marker, first.text].flat()) }, ...others]
}

/** A box is one that is written as such, at the beginning of the first words. */
function withBox(blocks: RichBlock[]): RichItem {
  const [first, ...others] = blocks
  if (first?.type !== 'paragraph') return { blocks }
  const [words = '', ...rest] = Array.isArray(first.text) ? first.text : [first.text]
  const box = typeof words === 'string' ? taskBox.exec(words)?.[1] : undefined
  if (box === undefined || typeof words !== 'string') return { blocks }
  const text = simplify([words.replace(taskBox, ''), ...rest])
  return {
    blocks: [{ type: 'paragraph', text }, ...others],
    has_checkbox: true,
    ...(box === ' ' ? {} : { is_checked: true }),
  }
}

function renderLeaf(token: Token): RichBlock[] {
  switch (token.type) {
    case 'fence':
    case 'code_block': {
      const language = languageOf(token)
      const code = cleanText(token.content).replace(/\n$/, '')
      const { text } = expandTabs({ text: code, entities: [] }, () => true)
      if (text === '') return []
      if (language === 'math') return [{ type: 'mathematical_expression', expression: text }]
      return [{ type: 'pre', text, ...(language === '' ? {} : { language }) }]
    }
    case 'hr':
      return [{ type: 'divider' }]
    case 'definition':
    case 'oversized_block':
    case 'html_block':
      return token.content.trim() === '' ? [] : [{ type: 'paragraph', text: cleanText(token.content).trimEnd() }]
    default:
      return []
  }
}

/** The text of one block. A formula or pictures that stand alone are blocks of their own. */
function renderParagraph(tokens: readonly Token[], heading: number): RichBlock[] {
  const said = tokens.filter(({ type, content }) => type !== 'softbreak' && !(type === 'text' && content.trim() === ''))
  const [only] = said
  if (heading === 0 && said.length === 1 && only?.type === 'formula' && /^(?:\$\$|\\\[)/.test(only.content)) {
    return [{ type: 'mathematical_expression', expression: formulaOf(only).trim() }]
  }
  const media = heading === 0 ? said.map((token) => readMap(token) ?? readMedium(token)) : []
  if (media.length > 0 && media.every((medium) => medium !== undefined)) return media
  const text = renderRichInline(tokens)
  if (plainOf(text).trim() === '') return []
  return [heading === 0 ? { type: 'paragraph', text } : { type: 'heading', text, size: heading }]
}

const mediaTypes = [
  ['video', /\.(?:mp4|mov|webm)$/i],
  ['animation', /\.gif$/i],
  ['audio', /\.(?:mp3|m4a|ogg|flac)$/i],
] as const

/** A picture with an address that Telegram can fetch: what its path ends with tells what it is. */
function readMedium(token: Token): RichMedium | undefined {
  const written = token.type === 'image' ? (token.attrGet('src') ?? '') : ''
  if (!/^https?:/i.test(written) || !isOpenable(written) || !URL.canParse(written)) return undefined
  // Telegram fetches an address as it is written, and encodes nothing of it.
  const source = new URL(written).href
  const described = cleanText(textOf(token.children ?? []))
  const caption = described === '' ? {} : { caption: { text: described } }
  const path = source.replace(/[?#].*$/, '')
  const type = mediaTypes.find(([, pattern]) => pattern.test(path))?.[0] ?? 'photo'
  switch (type) {
    case 'video':
      return { type, video: { type, media: source }, ...caption }
    case 'animation':
      return { type, animation: { type, media: source }, ...caption }
    case 'audio':
      return { type, audio: { type, media: source }, ...caption }
    case 'photo':
      return { type, photo: { type, media: source }, ...caption }
  }
}

/** A place by its address (RFC 5870): latitude, longitude and perhaps `z`, how near it is looked at. */
const place =
  /^geo:(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:,-?[\d.]+)?(?:;[^?]*)?(?:\?(?:.*&)?z=(\d{1,2})\b.*)?$/i
const mapSize = { zoom: 15, width: 600, height: 300 }

/** A picture of a place is a map. */
function readMap(token: Token): RichMap | undefined {
  const [, latitude, longitude, zoom] = token.type === 'image' ? (place.exec(token.attrGet('src') ?? '') ?? []) : []
  const location = { latitude: Number(latitude), longitude: Number(longitude) }
  if (!(Math.abs(location.latitude) <= 90) || !(Math.abs(location.longitude) <= 180)) return undefined
  const described = cleanText(textOf(token.children ?? []))
  return {
    type: 'map',
    location,
    ...mapSize,
    ...(zoom === undefined ? {} : { zoom: Math.min(24, Number(zoom)) }),
    ...(described === '' ? {} : { caption: { text: described } }),
  }
}

function renderTable(tokens: readonly Token[]): RichBlock {
  const cells: RichCell[][] = []
  let cell: RichCell = {}
  for (const token of tokens) {
    if (token.type === 'tr_open') cells.push([])
    else if (token.type === 'th_open' || token.type === 'td_open') {
      const align = alignOf(token)
      cell = { ...(token.type === 'th_open' ? { is_header: true } : {}), ...(align === undefined ? {} : { align }) }
    } else if (token.type === 'inline') {
      const text = renderRichInline(token.children ?? [])
      cells.at(-1)?.push(plainOf(text) === '' ? cell : { ...cell, text })
    }
  }
  return { type: 'table', cells, is_bordered: true }
}
