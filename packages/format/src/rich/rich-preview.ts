import { escapeHtml, wrapLink } from '../preview/render-preview.js'
import {
  addressOf,
  coordinatesOf,
  type RichBlock,
  type RichCell,
  type RichItem,
  type RichMark,
  type RichText,
} from './rich-message.js'

/** Blocks as HTML that is safe to embed, by the rules of `renderPreview`. Pictures are links: nothing is fetched. */
export function renderRichPreview(blocks: readonly RichBlock[]): string {
  return blocks.map(renderBlock).join('')
}

function renderBlock(block: RichBlock): string {
  switch (block.type) {
    case 'paragraph':
      return `<p>${renderText(block.text)}</p>`
    case 'heading': {
      const size = Math.min(6, Math.max(1, Math.trunc(block.size)))
      return `<h${size}>${renderText(block.text)}</h${size}>`
    }
    case 'pre': {
      const language = block.language === undefined ? '' : ` data-language="${escapeHtml(block.language)}"`
      return `<pre${language}><code>${escapeHtml(block.text)}</code></pre>`
    }
    case 'divider':
      return '<hr>'
    case 'mathematical_expression':
      return `<p data-formula>${escapeHtml(block.expression)}</p>`
    case 'list':
      return renderList(block.items)
    case 'blockquote':
      return `<blockquote>${renderRichPreview(block.blocks)}</blockquote>`
    case 'details':
      return `<details><summary>${renderText(block.summary)}</summary>${renderRichPreview(block.blocks)}</details>`
    case 'table':
      return `<table>${block.cells.map((row) => `<tr>${row.map(renderCell).join('')}</tr>`).join('')}</table>`
    case 'map':
      return `<p data-map="${coordinatesOf(block)}">${renderText(block.caption?.text ?? '')} (${coordinatesOf(block)})</p>`
    case 'photo':
    case 'video':
    case 'animation':
    case 'audio':
      return renderMedium(addressOf(block), block.caption?.text)
  }
}

function renderList(items: readonly RichItem[]): string {
  const list = items.some(({ type }) => type !== undefined) ? 'ol' : 'ul'
  const shown = items.map(({ blocks, value, has_checkbox: hasBox, is_checked: isChecked }) => {
    const box = hasBox ? `<input type="checkbox" disabled${isChecked ? ' checked' : ''}>` : ''
    return `<li${value === undefined ? '' : ` value="${Math.trunc(value)}"`}>${box}${renderRichPreview(blocks)}</li>`
  })
  return `<${list}>${shown.join('')}</${list}>`
}

function renderCell({ text = '', is_header: isHeader, align }: RichCell): string {
  const cell = isHeader ? 'th' : 'td'
  return `<${cell}${align === undefined ? '' : ` data-align="${align}"`}>${renderText(text)}</${cell}>`
}

function renderMedium(address: string, caption: RichText = address): string {
  return `<p>${wrapLink(address, renderText(caption))}</p>`
}

const elements: Record<RichMark, readonly [string, string]> = {
  bold: ['<strong>', '</strong>'],
  italic: ['<em>', '</em>'],
  underline: ['<u>', '</u>'],
  strikethrough: ['<s>', '</s>'],
  spoiler: ['<span data-spoiler>', '</span>'],
  code: ['<code>', '</code>'],
}

function renderText(text: RichText): string {
  if (typeof text === 'string') return escapeHtml(text)
  if (Array.isArray(text)) return text.map(renderText).join('')
  switch (text.type) {
    case 'url':
      return wrapLink(text.url, renderText(text.text))
    case 'custom_emoji':
      return escapeHtml(text.alternative_text)
    case 'mathematical_expression':
      return `<span data-formula>${escapeHtml(text.expression)}</span>`
    case 'reference':
    case 'date_time':
      return renderText(text.text)
    case 'reference_link':
      return `<sup>${renderText(text.text)}</sup>`
    case 'bold':
    case 'italic':
    case 'underline':
    case 'strikethrough':
    case 'spoiler':
    case 'code': {
      const [before, after] = elements[text.type]
      return before + renderText(text.text) + after
    }
  }
}
