import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMarkdown } from './render-markdown.js'

test('renders inline marks as entities', () => {
  expect(renderMarkdown('**bold** _it_ `co` [site](https://example.com/a)')).toEqual({
    text: 'bold it co site',
    entities: [
      { type: 'bold', offset: 0, length: 4 },
      { type: 'italic', offset: 5, length: 2 },
      { type: 'code', offset: 8, length: 2 },
      { type: 'text_link', offset: 11, length: 4, url: 'https://example.com/a' },
    ],
  })
})

test('counts offsets in UTF-16 code units', () => {
  expect(renderMarkdown('👍 **é**').entities).toEqual([{ type: 'bold', offset: 3, length: 1 }])
})

test('renders nested lists with markers and indentation', () => {
  expect(renderMarkdown('- one\n  - inner\n- two\n\n3. three\n4. four').text).toBe(
    '• one\n  • inner\n• two\n\n3. three\n4. four',
  )
})

test('separates the paragraphs of a loose list by a blank line', () => {
  expect(renderMarkdown('- one\n\n  more\n\n- two').text).toBe('• one\n\n  more\n\n• two')
})

test('renders a fenced code block with its language', () => {
  expect(renderMarkdown('Run:\n```sh\nls\n\npwd\n```\ndone')).toEqual({
    text: 'Run:\n\nls\n\npwd\n\ndone',
    entities: [{ type: 'pre', offset: 6, length: 7, language: 'sh' }],
  })
})

test('shows a quote in a quote as part of the outer one', () => {
  expect(renderMarkdown('> a\n> > b\n\nc')).toEqual({
    text: 'a\n\nb\n\nc',
    entities: [{ type: 'blockquote', offset: 0, length: 4 }],
  })
})

test('begins a quote with its text, wherever it stands', () => {
  expect(renderMarkdown('before\n\n> quoted\n\nafter')).toEqual({
    text: 'before\n\nquoted\n\nafter',
    entities: [{ type: 'blockquote', offset: 8, length: 6 }],
  })
})

test('renders headings bold and images as links', () => {
  expect(renderMarkdown('# Title\n![alt](https://example.com/i.png)').entities).toEqual([
    { type: 'bold', offset: 0, length: 5 },
    { type: 'text_link', offset: 7, length: 3, url: 'https://example.com/i.png' },
  ])
})

test('keeps an address that Telegram would refuse as text', () => {
  expect(renderMarkdown('[mail](mailto:a@b.c) [here](/path) <a@b.c>')).toEqual({
    text: 'mail (mailto:a@b.c) here (/path) a@b.c',
    entities: [],
  })
})

test('makes one link of a picture in a link', () => {
  expect(renderMarkdown('**[![alt](https://a.b/c.png)](https://d.e) z** tail')).toEqual({
    text: 'alt z tail',
    entities: [
      { type: 'bold', offset: 0, length: 5 },
      { type: 'text_link', offset: 0, length: 3, url: 'https://d.e' },
    ],
  })
})

test('returns source that is nested too deeply as it is', () => {
  const source = `${'> '.repeat(500)}deep`

  expect(renderMarkdown(source).text).toBe(source)
})

test('gives entities inside the text that do not end in the middle of a character', () => {
  const words = fc.constantFrom(
    '*',
    '**',
    '_',
    '`',
    '```\n',
    '> ',
    '- ',
    '1. ',
    '\n',
    '\n\n',
    '[a](https://a.b)',
    '![',
    '](',
    ')',
    '👍',
    ' ',
    'x',
    '\\',
  )
  const source = fc
    .array(fc.oneof(words, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 40 })
    .map((parts) => parts.join(''))

  fc.assert(
    fc.property(source, (markdown) => {
      const { text, entities } = renderMarkdown(markdown)
      for (const { offset, length } of entities) {
        expect(length).toBeGreaterThan(0)
        expect(offset + length).toBeLessThanOrEqual(text.length)
        expect(text.slice(offset, offset + length).isWellFormed()).toBe(markdown.isWellFormed())
      }
    }),
    { numRuns: 1_000 },
  )
})
