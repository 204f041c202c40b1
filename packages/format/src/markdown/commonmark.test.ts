import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { finishTelegramText } from '../telegram/finish-telegram-text.js'
import { renderMarkdown } from './render-markdown.js'

interface Example {
  number: number
  markdown: string
}

// The package has no module of its own format.
const { tests: examples } = createRequire(import.meta.url)('commonmark-spec') as { tests: Example[] }

test('the specification has its 652 examples', () => {
  expect(examples).toHaveLength(652)
})

test.each(examples)('example $number becomes a message that Telegram takes as it is', ({ markdown }) => {
  const { text, entities } = renderMarkdown(markdown)

  expect(finishTelegramText({ text, entities })).toEqual({ text, entities })
})
