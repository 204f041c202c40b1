import fc from 'fast-check'
import { expect, test } from 'vitest'
import { codePointLength } from '../limits.js'
import { renderMarkdown } from '../markdown/render-markdown.js'
import { finishTelegramText } from '../telegram/finish-telegram-text.js'
import { splitMessage, truncateMessage } from './split-message.js'

const plain = (text: string) => ({ text, entities: [] })
const texts = (text: string, limit: number) => splitMessage(plain(text), limit).map((part) => part.text)

test('leaves alone what fits, in characters as Telegram counts them', () => {
  expect(texts('👍'.repeat(10), 10)).toEqual(['👍'.repeat(10)])
})

test('cuts between blocks, then lines, then sentences, then words', () => {
  expect(texts('one two\n\nthree\nfour', 14)).toEqual(['one two', 'three\nfour'])
  expect(texts('one. two\nthree four', 14)).toEqual(['one. two', 'three four'])
  expect(texts('one two. three four', 14)).toEqual(['one two.', 'three four'])
  expect(texts('one two three four', 9)).toEqual(['one two', 'three', 'four'])
  expect(texts('一二三。四五六七', 6)).toEqual(['一二三。', '四五六七'])
})

test('does not make a tiny part to end it between blocks', () => {
  expect(texts('a\n\nbbbb cccc dddd', 12)).toEqual(['a\n\nbbbb cccc', 'dddd'])
})

test('cuts between what a reader sees as characters when there is nothing else', () => {
  expect(texts('👩‍👩‍👧👩‍👩‍👧', 9)).toEqual(['👩‍👩‍👧', '👩‍👩‍👧'])
  expect(texts('e\u0301'.repeat(3), 3)).toEqual(['e\u0301', 'e\u0301', 'e\u0301'])
})

test('goes on with entities in the next part, code with its language and indentation', () => {
  expect(
    splitMessage(
      { text: 'if a:\n  b()\n  c()\n  d()', entities: [{ type: 'pre', offset: 0, length: 23, language: 'py' }] },
      12,
    ),
  ).toEqual([
    { text: 'if a:\n  b()', entities: [{ type: 'pre', offset: 0, length: 11, language: 'py' }] },
    { text: '  c()\n  d()', entities: [{ type: 'pre', offset: 0, length: 11, language: 'py' }] },
  ])
})

test('truncates at a word with an ellipsis', () => {
  expect(
    truncateMessage({ text: 'one two three four', entities: [{ type: 'bold', offset: 4, length: 14 }] }, 15),
  ).toEqual({ text: 'one two three…', entities: [{ type: 'bold', offset: 4, length: 9 }] })
  expect(truncateMessage(plain('short'), 5)).toEqual(plain('short'))
})

test('loses nothing that can be seen, keeps to the limit, and each part is what Telegram would send', () => {
  const words = fc.oneof(
    fc.constantFrom(
      '\n\n',
      '\n',
      ' ',
      '. ',
      '**a b**',
      '`c d`',
      '\n\n```x\ne\n  f\n```\n\n',
      '[g](https://h.i)',
      '> j\n',
    ),
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.constantFrom('👩‍👩‍👧', '한국어', 'x'.repeat(30)),
  )
  const visible = (text: string) => text.replace(/\s/g, '')
  fc.assert(
    fc.property(fc.array(words, { maxLength: 60 }), fc.integer({ min: 16, max: 60 }), (parts, limit) => {
      const { text, entities } = renderMarkdown(`.${parts.join('')}`)
      const messages = splitMessage({ text, entities }, limit)
      expect(visible(messages.map((message) => message.text).join(''))).toBe(visible(text))
      for (const message of messages) {
        expect(codePointLength(message.text)).toBeLessThanOrEqual(limit)
        expect(finishTelegramText(message)).toEqual(message)
      }
    }),
    { numRuns: Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10 },
  )
})

test('fills a truncated message also where words are not set apart', () => {
  expect(truncateMessage(plain(`你好 ${'字'.repeat(50)}`), 20).text).toHaveLength(20)
})

test('keeps to the first limit whatever comes first, and always gets on', () => {
  const [first] = splitMessage(plain(`${'\u3000'.repeat(11)}${'x'.repeat(30)}`), 40, 10)

  expect(first?.text).toHaveLength(10)
  expect(texts('👍👍', 1)).toEqual(['👍', '👍'])
})

test('no part has more entities than Telegram takes, and none is lost', () => {
  const word = 'bold '
  const entities = Array.from({ length: 250 }, (_, index) => ({
    type: 'bold' as const,
    offset: index * word.length,
    length: 4,
  }))

  const parts = splitMessage({ text: word.repeat(250), entities }, 4_096)

  expect(parts.map((part) => part.entities.length)).toEqual([100, 100, 50])
  expect(parts.map(({ text }) => text).join(' ')).toBe(word.repeat(250).trim())
})
