import { make, makeEntity } from './render-text.js'

/** A rich message, block by block, as Telegram shows it. */
export function renderRich(blocks) {
  return make('div', { className: 'rich' }, ...blocks.map(renderBlock))
}

function renderBlock(block) {
  switch (block.type) {
    case 'heading':
      return make(`h${block.size}`, {}, ...renderTexts(block.text))
    case 'pre': {
      const node = make('pre', {}, ...renderTexts(block.text))
      if (block.language) node.dataset.language = block.language
      return node
    }
    case 'divider':
      return make('hr')
    case 'mathematical_expression':
      return make('p', { className: 'formula' }, block.expression)
    case 'list':
      return renderList(block.items)
    case 'blockquote':
    case 'expandable_blockquote':
      return make('blockquote', {}, ...block.blocks.map(renderBlock))
    case 'details':
      return make(
        'details',
        { open: block.is_open === true },
        make('summary', {}, ...renderTexts(block.summary)),
        ...block.blocks.map(renderBlock),
      )
    case 'table':
      return renderTable(block)
    case 'map':
      return make('p', {}, `📍 ${block.location.latitude}, ${block.location.longitude}`)
    default:
      return block[block.type]?.media ? renderMedium(block) : make('p', {}, ...renderTexts(block.text ?? ''))
  }
}

function renderList(items) {
  const list = make(items.some(({ type }) => type) ? 'ol' : 'ul')
  for (const { blocks, value, has_checkbox: hasBox, is_checked: isChecked } of items) {
    const item = make('li', { className: hasBox ? 'task' : '' })
    if (value !== undefined) item.value = value
    if (hasBox) item.append(make('input', { type: 'checkbox', checked: isChecked === true, disabled: true }))
    item.append(make('div', {}, ...blocks.map(renderBlock)))
    list.append(item)
  }
  return list
}

function renderTable({ cells, is_bordered: isBordered }) {
  const rows = cells.map((row) =>
    make(
      'tr',
      {},
      ...row.map(({ text, is_header: isHeader, align, colspan = 1, rowspan = 1 }) => {
        const cell = make(isHeader ? 'th' : 'td', { colSpan: colspan, rowSpan: rowspan }, ...renderTexts(text ?? ''))
        if (align) cell.style.textAlign = align
        return cell
      }),
    ),
  )
  return make('div', { className: 'wide' }, make('table', { className: isBordered ? 'bordered' : '' }, ...rows))
}

/** The sandbox fetches nothing: an address is shown as one. */
function renderMedium(block) {
  const address = block[block.type].media
  const caption = block.caption ? renderTexts(block.caption.text) : []
  return make(
    'figure',
    {},
    make('a', { href: address, target: '_blank', rel: 'noreferrer' }, `🖼 ${block.type}`),
    make('figcaption', {}, ...caption),
  )
}

/** A string, several texts, or a text with a meaning, as nodes. */
function renderTexts(text) {
  if (typeof text === 'string') return [text]
  if (Array.isArray(text)) return text.flatMap(renderTexts)
  const { type } = text
  if (type === 'mathematical_expression') return [make('span', { className: 'formula' }, text.expression)]
  if (type === 'custom_emoji') return [fill(makeEntity(text, ''), text.alternative_text)]
  if (type === 'reference') return [fill(make('span'), text.text)]
  if (type === 'reference_link') return [fill(make('sup'), text.text)]
  if (type === 'subscript' || type === 'superscript') return [fill(make(type.slice(0, 3)), text.text)]
  if (type === 'marked') return [fill(make('mark'), text.text)]
  return [fill(makeEntity(text, ''), text.text ?? '')]
}

function fill(node, text) {
  node.append(...renderTexts(text))
  return node
}
