import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { finishTelegramText } from '../telegram/finish-telegram-text.js'
import { makeParser } from './parser.js'
import { renderMarkdown } from './render-markdown.js'

interface Example {
  number: number
  markdown: string
  html: string
}

// The package has no module of its own format.
const { tests } = createRequire(import.meta.url)('commonmark-spec') as { tests: Example[] }
/** The specification shows a tab as an arrow. */
const withTabs = (text: string): string => text.replaceAll('→', '\t')
const examples = tests.map(({ number, markdown, html }) => ({
  number,
  markdown: withTabs(markdown),
  html: withTabs(html),
}))

test('the specification has its 652 examples', () => {
  expect(examples).toHaveLength(652)
})

test.each(examples)('to the letter, example $number means what it means there', ({ markdown, html }) => {
  const parser = makeParser('commonmark')

  expect(parser.render(markdown)).toBe(html.replace('<blockquote>\n</blockquote>', '<blockquote></blockquote>'))
})

test.each(examples)('example $number becomes a message that Telegram takes as it is', ({ markdown }) => {
  for (const dialect of ['written', 'commonmark'] as const) {
    const { text, entities } = renderMarkdown(markdown, { dialect })
    const taken = text === '' ? { text, entities: [] } : finishTelegramText({ text, entities })
    expect(taken).toEqual({ text, entities })
  }
})
