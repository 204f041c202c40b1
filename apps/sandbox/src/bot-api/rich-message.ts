import { findLink, renderRich, type RichBlock, richLimits, textOfRich } from '@tellwire/format'
import { isRecord } from '../is-record.js'
import type { StoredRich } from '../state/types.js'
import type { Parameters } from './parameters.js'
import { readRichText } from './rich-text.js'
import { badRequest } from './telegram-error.js'

/** Beyond so many marked texts Telegram shows no more of a message, and says nothing. */
const shownSpansMax = 4_374
const mapSidesMax = 10_000
const mediaTypes = new Set(['photo', 'video', 'animation', 'audio', 'document', 'voice_note'])

const itemTypes: readonly unknown[] = ['a', 'A', 'i', 'I', '1']
const alignments: readonly unknown[] = ['left', 'center', 'right']
const verticalAlignments: readonly unknown[] = ['top', 'middle', 'bottom']

/** Of a message, counted while it is read. */
interface Count {
  characters: number
  blocks: number
  media: number
  spans: number
}

/** The rich message of a send or an edit, in the words of Telegram where it is refused. */
export function readRichMessage(parameters: Parameters): StoredRich {
  const value = parameters.json('rich_message', () => badRequest("can't parse rich message JSON object"))
  if (!isRecord(value)) throw badRequest('object expected as rich message')
  const { blocks, markdown, html } = value
  if (blocks === undefined && (typeof markdown === 'string' || typeof html === 'string')) {
    // How Telegram reads these, nobody outside knows: it is shown about as it would be.
    const source = typeof markdown === 'string' ? markdown : String(html).replaceAll(/<[^>]*>/g, '')
    return finish(renderRich(source, 'commonmark'), { characters: 0, blocks: 0, media: 0, spans: 0 })
  }
  if (!Array.isArray(blocks) || blocks.length === 0) throw badRequest('rich message must be non-empty')
  const count = { characters: 0, blocks: 0, media: 0, spans: 0 }
  for (const block of blocks) checkBlock(block, count, 1)
  // They were looked at field by field.
  return finish(blocks as RichBlock[], count)
}

function finish(blocks: RichBlock[], { characters, blocks: blockCount, media, spans }: Count): StoredRich {
  if (characters > richLimits.characters) throw badRequest('RICH_MESSAGE_TEXT_TOO_LONG')
  if (blockCount > richLimits.blocks) throw badRequest('RICH_MESSAGE_BLOCKS_TOO_MANY')
  if (media > richLimits.media) throw badRequest('RICH_MESSAGE_MEDIA_TOO_MANY')
  const shown = spans > shownSpansMax ? blocks.slice(0, Math.ceil((blocks.length * shownSpansMax) / spans)) : blocks
  if (textOfRich(shown).trim() === '' && media === 0) throw badRequest('RICH_MESSAGE_EMPTY')
  return { blocks: shown }
}

function checkBlock(value: unknown, count: Count, depth: number): void {
  if (!isRecord(value)) throw badRequest('object expected as InputRichMessageBlock')
  if (depth > richLimits.depth) throw badRequest('RICH_MESSAGE_TOO_LARGE')
  count.blocks++
  const { type } = value
  const text = (given: unknown): void => readRichText(given, count)
  switch (type) {
    case 'paragraph':
    case 'footer':
    case 'pullquote':
    case 'pre':
      return text(value['text'])
    case 'heading':
      if (!isBetween(value['size'], 1, 6)) throw badRequest('invalid section heading size specified')
      return text(value['text'])
    case 'divider':
    case 'anchor':
      return
    case 'mathematical_expression':
      return text(value['expression'])
    case 'list':
      return checkList(value['items'], count, depth)
    case 'blockquote':
    case 'expandable_blockquote':
      return checkBlocks(value['blocks'], count, depth)
    case 'details':
      text(value['summary'])
      return checkBlocks(value['blocks'], count, depth)
    case 'table':
      return checkTable(value, count)
    case 'map':
      return checkMap(value, count)
    default:
      if (!mediaTypes.has(String(type))) {
        throw badRequest(`can't parse InputRichBlock: type "${String(type)}" is unsupported`)
      }
      return checkMedium(value, count)
  }
}

function checkBlocks(blocks: unknown, count: Count, depth: number): void {
  if (!Array.isArray(blocks)) throw badRequest('object expected as InputRichMessageBlock')
  for (const block of blocks) checkBlock(block, count, depth + 1)
}

function checkList(items: unknown, count: Count, depth: number): void {
  if (!Array.isArray(items) || items.length === 0) throw badRequest('list must be non-empty')
  const records = items.map((item) => {
    if (!isRecord(item)) throw badRequest('object expected as InputRichBlockListItem')
    return item
  })
  if (new Set(records.map((item) => item['type'] === undefined)).size > 1) {
    throw badRequest('list must be either ordered or unordered')
  }
  for (const item of records) {
    if (item['type'] !== undefined && !itemTypes.includes(item['type'])) {
      throw badRequest('invalid list item type specified')
    }
    checkBlocks(item['blocks'], count, depth + 1)
  }
}

function checkTable({ cells, caption }: Record<string, unknown>, count: Count): void {
  if (!Array.isArray(cells)) throw badRequest('richBlockTableCell must be an object')
  for (const row of cells as unknown[]) {
    if (!Array.isArray(row)) throw badRequest('richBlockTableCell must be an object')
    if (row.length > richLimits.columns) throw badRequest('RICH_MESSAGE_TOO_LARGE')
    count.blocks++
    for (const cell of row as unknown[]) checkCell(cell, count)
  }
  if (caption !== undefined) readRichText(caption, count)
}

function checkCell(cell: unknown, count: Count): void {
  if (!isRecord(cell)) throw badRequest('richBlockTableCell must be an object')
  const { text, align, valign, colspan, rowspan } = cell
  if (align !== undefined && !alignments.includes(align)) {
    throw badRequest('invalid horizontal alignment specified')
  }
  if (valign !== undefined && !verticalAlignments.includes(valign)) {
    throw badRequest('invalid vertical alignment specified')
  }
  if (colspan !== undefined && !isBetween(colspan, 1, 20)) throw badRequest('invalid table cell colspan specified')
  if (rowspan !== undefined && !isBetween(rowspan, 1, 500)) throw badRequest('invalid table cell rowspan specified')
  if (text !== undefined) readRichText(text, count)
}

function checkMap({ location, zoom, width, height, caption }: Record<string, unknown>, count: Count): void {
  const place = isRecord(location) ? location : {}
  if (!isBetween(place['latitude'], -90, 90) || !isBetween(place['longitude'], -180, 180)) {
    throw badRequest('invalid location specified')
  }
  const sides = Number(width) + Number(height)
  if (!isBetween(zoom, 0, 24) || !(sides > 0 && sides <= mapSidesMax)) {
    throw badRequest('invalid map properties specified')
  }
  checkCaption(caption, count)
}

function checkMedium(block: Record<string, unknown>, count: Count): void {
  const type = String(block['type'])
  const medium = block[type]
  if (!isRecord(medium)) throw badRequest('media not found')
  if (medium['type'] !== type) throw badRequest(`unexpected media type "${String(medium['type'])}" for block "${type}"`)
  count.media++
  const source = typeof medium['media'] === 'string' ? medium['media'] : ''
  const isFile = /^[\w-]+$/.test(source) || source.startsWith('attach://')
  // A host that there cannot be is one that Telegram does not reach.
  if (!isFile && (findLink(source) === undefined || /\.invalid(?:[/:?#]|$)/.test(source))) {
    throw badRequest('RICH_MESSAGE_PHOTO_NO_MEDIA_FOUND')
  }
  checkCaption(block['caption'], count)
}

function checkCaption(caption: unknown, count: Count): void {
  if (caption === undefined) return
  if (!isRecord(caption)) throw badRequest('richBlockCaption must be an object')
  readRichText(caption['text'], count)
}

function isBetween(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max
}
