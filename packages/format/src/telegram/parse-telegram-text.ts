import { type Filling, unfilled } from '../fill-values.js'
import type { FormattedText } from '../formatted-text.js'
import { parseHtml } from './parse-html.js'
import { parseMarkdown } from './parse-markdown.js'
import { parseMarkdownV2 } from './parse-markdown-v2.js'

export type TelegramParseMode = 'Markdown' | 'MarkdownV2' | 'HTML'

const parsers = { Markdown: parseMarkdown, MarkdownV2: parseMarkdownV2, HTML: parseHtml }

/**
 * Makes what Telegram's own parser makes of a source: text and entities as it finds them, before they are cleaned,
 * fixed and trimmed (`finishTelegramText`).
 * @param filling puts values into its addresses, as Telegram looks at those while it parses. The text has its placeholders still.
 * @throws {TelegramParseError} with Telegram's words as its message, places in bytes of UTF-8 included.
 */
export function parseTelegramText(source: string, mode: TelegramParseMode, filling: Filling = unfilled): FormattedText {
  return parsers[mode](source, filling)
}
