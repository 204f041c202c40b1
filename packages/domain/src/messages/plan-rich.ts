import { gainsFromRich, renderRich, type RichBlock, splitRich, textOfRich } from '@tellwire/format'
import { cleanSender } from './below-sender.js'
import type { Body } from './message-step.js'
import type { MessageContent } from './message.js'

/**
 * The rich messages that show a text, where it is to go as such.
 * @param sender stands above it, where the chat could not tell whose it is.
 * @returns undefined where the text goes as text and entities: nobody asked for more, it would show nothing more, or it
 * does not fit.
 */
export function planRich({ format, text, values, options }: MessageContent, sender?: string): Body[] | undefined {
  const { rich, mode, overflow, outcome } = options
  // What is added to a message is added to a text.
  if (rich === undefined || mode === 'append' || (format !== 'markdown' && format !== 'commonmark')) return undefined
  const blocks = renderRich(text, format === 'markdown' ? 'written' : 'commonmark', values)
  if (blocks.length === 0 || (rich === 'auto' && !gainsFromRich(blocks))) return undefined
  const messages = splitRich([
    ...(sender === undefined ? [] : [paragraph('bold', cleanSender(sender))]),
    ...blocks,
    ...(outcome === undefined ? [] : [paragraph('italic', outcome)]),
  ])
  const isOne = messages?.length === 1
  if (!messages || (!isOne && overflow !== undefined && overflow !== 'split')) return undefined
  return messages.map((message) => ({
    method: 'sendRichMessage',
    params: { rich_message: { blocks: message } },
    media: [],
    shown: { text: textOfRich(message), entities: [] },
  }))
}

function paragraph(type: 'bold' | 'italic', text: string): RichBlock {
  return { type: 'paragraph', text: { type, text } }
}
