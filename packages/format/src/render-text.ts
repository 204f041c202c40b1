import { expandTabs, inCode } from './expand-tabs.js'
import { fillFormatted, fillingWith } from './fill-values.js'
import type { FormattedText } from './formatted-text.js'
import type { Reading } from './markdown/parse-markdown.js'
import { type RenderedText, renderMarkdown } from './markdown/render-markdown.js'
import type { Warning } from './markdown/rendering.js'
import { readTerminalOutput } from './terminal-output.js'
import { finishWholeText, isInvisible } from './telegram/finish-telegram-text.js'
import { parseTelegramText, type TelegramParseMode } from './telegram/parse-telegram-text.js'

/** How a text is written. The `telegram_` formats are Telegram's own parse modes. */
export type TextFormat =
  | 'markdown'
  | 'commonmark'
  | 'plain'
  | 'telegram_markdown'
  | 'telegram_markdown_v2'
  | 'telegram_html'

const parseModes: Partial<Record<TextFormat, TelegramParseMode>> = {
  telegram_markdown: 'Markdown',
  telegram_markdown_v2: 'MarkdownV2',
  telegram_html: 'HTML',
}

/**
 * The text and entities that Telegram will show, however long; empty where there is nothing to show.
 * @param reading its values are those of the placeholders in the source; a plain one has none. Shortcodes are Markdown's alone.
 * @throws {TelegramParseError} for a `telegram_` format that Telegram would refuse. No other format fails.
 */
export function renderText(source: string, format: TextFormat, reading: Reading = {}): RenderedText {
  const { values = [] } = reading
  const shown = readTerminalOutput(source)
  if (format === 'markdown') return renderMarkdown(shown, reading)
  if (format === 'commonmark') return renderMarkdown(shown, { ...reading, dialect: 'commonmark' })
  const mode = parseModes[format]
  if (!mode) return { ...finishOrEmpty(expandTabs({ text: shown, entities: [] }, () => true)), warnings: [] }
  const parsed = fillFormatted(parseTelegramText(shown, mode, fillingWith(values)), values)
  const warnings = mode === 'HTML' ? warnOfNames(shown) : []
  return { ...finishOrEmpty(expandTabs(parsed, inCode(parsed))), warnings }
}

function finishOrEmpty(found: FormattedText): FormattedText {
  return isInvisible(found.text) ? { text: '', entities: [] } : finishWholeText(found)
}

/** Telegram knows four names of characters; every other one is shown as it is written. */
function warnOfNames(source: string): Warning[] {
  const [unknown] = source.match(/&(?!(?:amp|lt|gt|quot);)[a-z][a-z0-9]*;/i) ?? []
  if (unknown === undefined) return []
  return [
    { code: 'unknown_character_name', message: `Telegram does not know ${unknown}, and shows it as it is written` },
  ]
}
