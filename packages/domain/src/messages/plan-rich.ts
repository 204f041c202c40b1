import { gainsFromRich, renderRich, type RichBlock, richLimits, splitRich } from '@tellwire/format'
import { cleanSender } from './below-sender.js'
import type { IsDropped } from './go-without.js'
import { type MessageContent, readingOf } from './message.js'
import { richAt } from './rich-part.js'

/** A text that goes as rich messages, or went as such until one of them was refused. */
export interface RichPlan {
  messages: RichBlock[][]
  /** The place of the first one that goes as text, and so do those after it: those before it are in the chat. */
  refusedFrom: number | undefined
}

/** A text that is longer than this takes more than one rich message, whatever it shows. */
const writtenMax = 4 * richLimits.characters

/**
 * The rich messages that show a text, where it is to go as such.
 * @param sender stands above it, where the chat could not tell whose it is.
 * @returns undefined where the text goes as text and entities: nobody asked for more, it would show nothing more, or it
 * does not fit.
 */
export function planRich(
  content: MessageContent,
  { sender, isDropped }: { sender: string | undefined; isDropped: IsDropped },
): RichPlan | undefined {
  const { format, text, options } = content
  const { rich, mode, overflow, outcome, link_preview: preview } = options
  // What is added to a message is added to a text.
  if (rich === undefined || mode === 'append' || (format !== 'markdown' && format !== 'commonmark')) return undefined
  if (text.length > writtenMax) return undefined
  // A rich message shows no page of an address: whoever asks for one would miss it.
  const showsPage = typeof preview === 'object' || preview === 'small' || preview === 'large'
  if (rich === 'auto' && showsPage) return undefined
  const blocks = renderRich(text, format === 'markdown' ? 'written' : 'commonmark', readingOf(content))
  if (blocks.length === 0 || (rich === 'auto' && !gainsFromRich(blocks))) return undefined
  const messages = splitRich([
    ...(sender === undefined ? [] : [paragraph('bold', cleanSender(sender))]),
    ...blocks,
    ...(outcome === undefined ? [] : [paragraph('italic', outcome)]),
  ])
  const isOne = messages?.length === 1
  if (!messages || (!isOne && overflow !== undefined && overflow !== 'split')) return undefined
  const refusedFrom = messages.findIndex((_, place) => isDropped(richAt(place)))
  if (refusedFrom >= 0) return { messages, refusedFrom }
  return { messages, refusedFrom: isDropped('formatting') ? 0 : undefined }
}

function paragraph(type: 'bold' | 'italic', text: string): RichBlock {
  return { type: 'paragraph', text: { type, text } }
}
