import type { FormattedText } from './formatted-text.js'
import { type RenderedText, renderMarkdown } from './markdown/render-markdown.js'
import { finishWholeText, isBlank } from './telegram/finish-telegram-text.js'
import { parseTelegramText, type TelegramParseMode } from './telegram/parse-telegram-text.js'

/** How a text is written. The `telegram_` formats are Telegram's own parse modes. */
export type TextFormat = 'markdown' | 'plain' | 'telegram_markdown' | 'telegram_markdown_v2' | 'telegram_html'

const parseModes: Partial<Record<TextFormat, TelegramParseMode>> = {
  telegram_markdown: 'Markdown',
  telegram_markdown_v2: 'MarkdownV2',
  telegram_html: 'HTML',
}

/**
 * The text and entities that Telegram will show, however long; empty where there is nothing to show.
 * @param values of the placeholders in a Markdown source.
 * @throws {TelegramParseError} for a `telegram_` format that Telegram would refuse. No other format fails.
 */
export function renderText(source: string, format: TextFormat, values: readonly string[] = []): RenderedText {
  if (format === 'markdown') return renderMarkdown(source, { values })
  const mode = parseModes[format]
  return { ...finishOrEmpty(mode ? parseTelegramText(source, mode) : { text: source, entities: [] }), warnings: [] }
}

function finishOrEmpty(found: FormattedText): FormattedText {
  return isBlank(found.text) ? { text: '', entities: [] } : finishWholeText(found)
}
