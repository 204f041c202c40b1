import type { FormattedText } from '../formatted-text.js'
import { TextBuilder } from '../markdown/text-builder.js'
import { finishWholeText } from '../telegram/finish-telegram-text.js'
import { addressOf, coordinatesOf, type RichBlock, type RichItem, type RichText } from './rich-message.js'

/** Blocks as text and entities: for where they cannot go as what they are. A table is its cells, row by row. */
export function richAsText(blocks: readonly RichBlock[]): FormattedText {
  const out = new TextBuilder()
  writeBlocks(out, blocks, { isInQuote: false })
  return finishWholeText(out.finish())
}

/** Telegram has no quote in a quote. */
interface Place {
  isInQuote: boolean
}

function writeBlocks(out: TextBuilder, blocks: readonly RichBlock[], place: Place): void {
  for (const block of blocks) {
    out.separate(2)
    writeBlock(out, block, place)
    out.separate(2)
  }
}

function writeBlock(out: TextBuilder, block: RichBlock, place: Place): void {
  switch (block.type) {
    case 'paragraph':
      return writeText(out, block.text)
    case 'heading':
      return writeMarked(out, 'bold', block.text)
    case 'pre': {
      const { indent } = out
      out.open('pre', block.language === undefined ? {} : { language: block.language })
      out.indent = ''
      out.write(block.text)
      out.indent = indent
      return out.close('pre')
    }
    case 'divider':
      return out.write('———')
    case 'mathematical_expression':
      return out.write(`$$${block.expression}$$`)
    case 'list':
      return writeItems(out, block.items, place)
    case 'blockquote':
      return writeQuote(out, place, () => writeBlocks(out, block.blocks, { isInQuote: true }))
    case 'details':
      return writeQuote(out, place, () => {
        writeMarked(out, 'bold', block.summary)
        writeBlocks(out, block.blocks, { isInQuote: true })
      })
    case 'table':
      for (const row of block.cells) {
        out.separate(1)
        for (const [column, { text = '', is_header: isHeader }] of row.entries()) {
          if (column > 0) out.write(' │ ')
          if (isHeader) writeMarked(out, 'bold', text)
          else writeText(out, text)
        }
      }
      return
    case 'map':
      if (block.caption) writeText(out, [block.caption.text, ' '])
      return out.write(`(${coordinatesOf(block)})`)
    case 'photo':
    case 'video':
    case 'animation':
    case 'audio':
      return writeLink(out, addressOf(block), block.caption?.text)
  }
}

function writeQuote(out: TextBuilder, { isInQuote }: Place, write: () => void): void {
  if (isInQuote) return write()
  out.openBlock('blockquote')
  write()
  out.close('blockquote')
}

function writeItems(out: TextBuilder, items: readonly RichItem[], place: Place): void {
  const { indent } = out
  for (const { blocks, value, has_checkbox: hasBox, is_checked: isChecked } of items) {
    out.separate(1)
    out.startItem(value === undefined ? '• ' : `${value}. `, indent)
    if (hasBox) out.write(isChecked ? '☑ ' : '☐ ')
    for (const [index, block] of blocks.entries()) {
      if (index > 0) out.separate(1)
      writeBlock(out, block, place)
    }
    out.endItem(indent)
  }
}

function writeLink(out: TextBuilder, url: string, text: RichText = url): void {
  out.open('text_link', { url })
  writeText(out, text)
  out.close('text_link')
}

function writeMarked(out: TextBuilder, type: 'bold', text: RichText): void {
  out.open(type)
  writeText(out, text)
  out.close(type)
}

/** @param isHidden whether a spoiler is around it. */
function writeText(out: TextBuilder, text: RichText, isHidden = false): void {
  if (typeof text === 'string') return out.write(text)
  if (Array.isArray(text)) {
    for (const part of text) writeText(out, part, isHidden)
    return
  }
  switch (text.type) {
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strikethrough':
    case 'spoiler':
      out.open(text.type)
      writeText(out, text.text, isHidden || text.type === 'spoiler')
      return out.close(text.type)
    case 'code':
      // A spoiler would not hide it.
      if (isHidden) return writeText(out, text.text, isHidden)
      out.open('code')
      writeText(out, text.text)
      return out.close('code')
    case 'url':
      out.open('text_link', { url: text.url })
      writeText(out, text.text, isHidden)
      return out.close('text_link')
    case 'custom_emoji':
      out.open('custom_emoji', { custom_emoji_id: text.custom_emoji_id })
      out.write(text.alternative_text)
      return out.close('custom_emoji')
    case 'mathematical_expression':
      return out.write(`$${text.expression}$`)
    case 'date_time':
    case 'reference':
    case 'reference_link':
      return writeText(out, text.text, isHidden)
  }
}
