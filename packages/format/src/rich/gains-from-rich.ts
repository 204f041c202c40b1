import { blocksIn, type RichBlock } from './rich-message.js'

/** Whether blocks show what a message of text and entities cannot: headings, real tables, nested lists, formulas, pictures. */
export function gainsFromRich(blocks: readonly RichBlock[]): boolean {
  return blocks.some((block) => gains(block) || gainsFromRich(blocksIn(block)))
}

function gains(block: RichBlock): boolean {
  if (block.type === 'blockquote') return block.blocks.some(({ type }) => type !== 'paragraph')
  if (block.type === 'list') {
    return block.items.some(
      ({ blocks, has_checkbox: hasBox }) => hasBox === true || blocks.some(({ type }) => type !== 'paragraph'),
    )
  }
  return block.type !== 'paragraph' && block.type !== 'pre' && block.type !== 'divider'
}
