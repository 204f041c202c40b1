import { coordinatesOf, plainOf, type RichBlock, type RichItem } from './rich-message.js'

/** The words of blocks, line by line. */
export function textOfRich(blocks: readonly RichBlock[]): string {
  return blocks.map(textOfBlock).join('\n\n')
}

function textOfBlock(block: RichBlock): string {
  switch (block.type) {
    case 'paragraph':
    case 'heading':
    case 'pre':
      return plainOf(block.text)
    case 'divider':
      return '———'
    case 'mathematical_expression':
      return block.expression
    case 'list':
      return block.items.map(textOfItem).join('\n')
    case 'blockquote':
      return textOfRich(block.blocks)
    case 'details':
      return [plainOf(block.summary), textOfRich(block.blocks)].join('\n')
    case 'table':
      return block.cells.map((row) => row.map(({ text = '' }) => plainOf(text)).join(' │ ')).join('\n')
    case 'map':
      return `${block.caption ? `${plainOf(block.caption.text)} ` : ''}(${coordinatesOf(block)})`
    case 'photo':
    case 'video':
    case 'animation':
    case 'audio':
      return block.caption ? plainOf(block.caption.text) : ''
  }
}

function textOfItem({ blocks, value, has_checkbox: hasBox, is_checked: isChecked }: RichItem): string {
  const marker = hasBox ? (isChecked ? '☑' : '☐') : value === undefined ? '•' : `${value}.`
  return `${marker} ${textOfRich(blocks)}`
}
