import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMarkdown } from '../markdown/render-markdown.js'
import { gainsFromRich } from './gains-from-rich.js'
import { renderRich } from './render-rich.js'
import { richAsText } from './rich-as-text.js'
import type { RichBlock } from './rich-message.js'
import { renderRichPreview } from './rich-preview.js'
import { textOfRich } from './rich-text-of.js'
import { measureRich, richLimits, splitRich } from './split-rich.js'

const rich = (source: string): RichBlock[] => renderRich(source, 'written')

test('headings, rules, code and formatted text', () => {
  expect(
    rich('## Release *3.2*\n\nSee [the run](https://ci.example/1), `x` and ||that||.\n\n---\n\n```ts\nlet a\n```'),
  ).toEqual([
    { type: 'heading', size: 2, text: ['Release ', { type: 'italic', text: '3.2' }] },
    {
      type: 'paragraph',
      text: [
        'See ',
        { type: 'url', text: 'the run', url: 'https://ci.example/1' },
        ', ',
        { type: 'code', text: 'x' },
        ' and ',
        { type: 'spoiler', text: 'that' },
        '.',
      ],
    },
    { type: 'divider' },
    { type: 'pre', text: 'let a', language: 'ts' },
  ])
})

test('lists keep their levels, numbers and boxes', () => {
  expect(rich('7. seven\n8. eight\n   - [x] done\n   - [ ] open')).toEqual([
    {
      type: 'list',
      items: [
        { blocks: [{ type: 'paragraph', text: 'seven' }], value: 7, type: '1' },
        {
          blocks: [
            { type: 'paragraph', text: 'eight' },
            {
              type: 'list',
              items: [
                { blocks: [{ type: 'paragraph', text: 'done' }], has_checkbox: true, is_checked: true },
                { blocks: [{ type: 'paragraph', text: 'open' }], has_checkbox: true },
              ],
            },
          ],
          value: 8,
          type: '1',
        },
      ],
    },
  ])
})

test('tables are tables, with their alignment', () => {
  expect(rich('| a | b |\n|---|--:|\n| **1** | 2 |\n| | 3 |')).toEqual([
    {
      type: 'table',
      is_bordered: true,
      cells: [
        [
          { is_header: true, text: 'a' },
          { is_header: true, align: 'right', text: 'b' },
        ],
        [{ text: { type: 'bold', text: '1' } }, { align: 'right', text: '2' }],
        [{}, { align: 'right', text: '3' }],
      ],
    },
  ])
})

test('quotes in quotes, details, formulas and pictures', () => {
  expect(rich('> one\n>\n> > two')).toEqual([
    {
      type: 'blockquote',
      blocks: [
        { type: 'paragraph', text: 'one' },
        { type: 'blockquote', blocks: [{ type: 'paragraph', text: 'two' }] },
      ],
    },
  ])
  expect(rich('<details><summary>More</summary>\n\nof *it*\n\n</details>')).toEqual([
    {
      type: 'details',
      summary: { type: 'bold', text: 'More' },
      blocks: [{ type: 'paragraph', text: ['of ', { type: 'italic', text: 'it' }] }],
    },
  ])
  expect(rich('$$ E = mc^2 $$')).toEqual([{ type: 'mathematical_expression', expression: 'E = mc^2' }])
  expect(rich('with $x^2$ in it')).toEqual([
    { type: 'paragraph', text: ['with ', { type: 'mathematical_expression', expression: 'x^2' }, ' in it'] },
  ])
  expect(rich('![A cat](https://a.example/cat.jpg)')).toEqual([
    { type: 'photo', photo: { type: 'photo', media: 'https://a.example/cat.jpg' }, caption: { text: 'A cat' } },
  ])
  expect(rich('![clip](https://a.example/cat.mp4?x=1)')).toMatchObject([{ type: 'video' }])
  expect(rich('![x](docs/cat.png)')).toEqual([{ type: 'paragraph', text: 'x (docs/cat.png)' }])
})

test('signs of amounts and zeros of numbers stay, and a box is one that is written as such', () => {
  const words = (source: string) => textOfRich(rich(source))
  expect(rich('- 9.90 EUR\n- 5')).toEqual([
    { type: 'paragraph', text: '- 9.90 EUR' },
    { type: 'paragraph', text: '- 5' },
  ])
  expect(words('007. a\n008. b')).toBe('• 007. a\n• 008. b')
  expect(words('- `[x] a` b\n- **[x] c**\n- [x] d')).toBe('• [x] a b\n• [x] c\n☑ d')
})

test('a link in a link is words, and control characters of a value are none', () => {
  expect(rich('[![build](https://a.example/b.svg)](https://c.example/)')).toEqual([
    { type: 'paragraph', text: { type: 'url', text: 'build', url: 'https://c.example/' } },
  ])
  expect(renderRich('# \uf8f00\uf8f1', 'written', { values: ['a\u0000\u001b[1mb\ud800'] })).toEqual([
    { type: 'heading', size: 1, text: 'a[1mb\ufffd' },
  ])
})

test('as text it keeps links, code, levels and secrets', () => {
  const source =
    '# T\n\n||no `way` [x](https://a.example/)|| and `code`\n\n1. one\n   - [x] two\n\n> q\n> > r\n\n| a | b |\n|---|---|\n| c | d |'
  const { text, entities } = richAsText(rich(source))
  expect(text).toBe('T\n\nno way x and code\n\n1. one\n   • ☑ two\n\nq\n\nr\n\na │ b\nc │ d')
  const secrets = entities.filter(({ type }) => type === 'spoiler')
  expect(secrets.map(({ offset, length }) => text.slice(offset, offset + length)).join('')).toBe('no way x')
  expect(entities.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['bold', 'text_link', 'code', 'blockquote', 'spoiler']),
  )
})

test('footnotes are referred to', () => {
  expect(rich('Fast[^1].\n\n[^1]: On my machine.')).toEqual([
    {
      type: 'paragraph',
      text: ['Fast', { type: 'reference_link', text: '¹', reference_name: 'note-1' }, '.'],
    },
    { type: 'divider' },
    { type: 'paragraph', text: { type: 'reference', name: 'note-1', text: ['¹ ', 'On my machine.'] } },
  ])
})

test('moments and emoji of Telegram', () => {
  expect(rich('![22:45](tg://time?unix=1647531900&format=wDT) ![👍](tg://emoji?id=5368324170671202286)')).toEqual([
    {
      type: 'paragraph',
      text: [
        { type: 'date_time', text: '22:45', unix_time: 1_647_531_900, date_time_format: 'wDT' },
        ' ',
        { type: 'custom_emoji', custom_emoji_id: '5368324170671202286', alternative_text: '👍' },
      ],
    },
  ])
})

test('values are shown as they are', () => {
  expect(renderRich('# \uf8f00\uf8f1', 'written', { values: ['**not bold**'] })).toEqual([
    { type: 'heading', size: 1, text: '**not bold**' },
  ])
})

test.each([
  ['plain *words* and `code`', false],
  ['- a\n- b', false],
  ['```\ncode\n```', false],
  ['> quoted', false],
  ['# Title', true],
  ['| a |\n|---|\n| b |', true],
  ['- [ ] open', true],
  ['- a\n  - b', true],
  ['$$x^2$$', true],
])('whether %j gains from blocks: %s', (source, gains) => {
  expect(gainsFromRich(rich(source))).toBe(gains)
})

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? []
const pieces = fc.constantFrom(
  '# ',
  '- ',
  '1. ',
  '> ',
  '| ',
  '|---|\n',
  '**',
  '_',
  '`',
  '```\n',
  '[',
  '](https://a.example/)',
  '![',
  '$',
  '$$',
  '<b>',
  '</i>',
  '<i>',
  '</b>',
  '<details>\n',
  '</details>\n',
  '[^1]',
  '[^1]: ',
  '\n',
  '\n\n',
  '  ',
  'word',
  'два',
  '三',
)
const sources = fc.array(pieces, { maxLength: 60 }).map((parts) => parts.join(''))
const numRuns = Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10

test('no word that the text would show goes', () => {
  fc.assert(
    fc.property(sources, (source) => {
      const blocks = rich(source)
      // A source that says nothing is shown as it is written, which blocks are not made for.
      if (blocks.length === 0) return
      const shown = textOfRich(blocks)
      for (const word of wordsOf(renderMarkdown(source).text)) {
        // The address of a picture that is shown as such is not told.
        if (['https', 'a', 'example'].includes(word)) continue
        expect(shown.includes(word), `${word} of ${JSON.stringify(source)}`).toBe(true)
      }
    }),
    { numRuns },
  )
})

test('what is too large for a message goes on in the next, and nothing of it is lost', () => {
  const list = Array.from({ length: 900 }, (_, index) => `- item ${index}`).join('\n')
  const table = `| a | b |\n|---|---|\n${Array.from({ length: 700 }, (_, index) => `| r${index} | x |`).join('\n')}`
  const code = `\`\`\`\n${'some line of code\n'.repeat(3_000)}\`\`\``
  const paragraphs = Array.from({ length: 800 }, (_, index) => `p${index}`).join('\n\n')
  for (const source of [list, table, code, paragraphs]) {
    const blocks = rich(source)
    const messages = splitRich(blocks) ?? []
    expect(messages.length).toBeGreaterThan(1)
    for (const message of messages) {
      const size = measureRich(message)
      for (const [name, max] of Object.entries(richLimits))
        expect(size[name as keyof typeof size]).toBeLessThanOrEqual(max)
    }
    const words = new Set(wordsOf(messages.map(textOfRich).join('\n')))
    expect(wordsOf(textOfRich(blocks)).filter((word) => !words.has(word))).toEqual([])
  }
})

test('what cannot be divided is not', () => {
  expect(splitRich(rich('word '.repeat(8_000)))).toBeUndefined()
  expect(splitRich(rich(`|${' a |'.repeat(21)}\n|${'---|'.repeat(21)}\n`))).toBeUndefined()
  expect(splitRich([])).toEqual([])
})

test('a preview holds no markup of the text', () => {
  fc.assert(
    fc.property(fc.string(), sources, (text, source) => {
      const html = renderRichPreview(rich(`${source}\n\n${text}<script>x</script> "'`))
      expect(html).not.toContain('<script')
      expect(html).not.toMatch(/href="(?!https?:|tg:|ton:|tonsite:)/)
    }),
    { numRuns: numRuns / 4 },
  )
})

test.each([
  ['tables', '|a|b|\n|-|-|\n|c|d|\n\n'.repeat(1_500)],
  ['lists', '- a\n  - b\n'.repeat(3_000)],
  ['tags', '<b><i>x</b></i>'.repeat(2_000)],
  ['marks in marks', '*a '.repeat(3_000) + 'a* '.repeat(3_000)],
  ['tags in tags', `${'<b>'.repeat(900)}${'<i>'.repeat(900)}x${'</b>'.repeat(900)}${'</i>'.repeat(900)}`],
  ['tags without an end', `# h\n\n${'<b>'.repeat(2_500)}a${'</b>'.repeat(2_500)}`],
  ['links', '[x](https://a.example/) '.repeat(1_300)],
])('%s in any number take little time', (_, source) => {
  const before = performance.now()
  splitRich(rich(source))
  expect(performance.now() - before).toBeLessThan(3_000)
})

test('a picture of a place is a map, and a place that is none stays what it is', () => {
  expect(rich('![Our shop](geo:52.52,-13.405?z=17)\n\n![](geo:0,0)')).toEqual([
    {
      type: 'map',
      location: { latitude: 52.52, longitude: -13.405 },
      zoom: 17,
      width: 600,
      height: 300,
      caption: { text: 'Our shop' },
    },
    { type: 'map', location: { latitude: 0, longitude: 0 }, zoom: 15, width: 600, height: 300 },
  ])
  expect(rich('![far](geo:91,0) ![farther](geo:0,181)').map(({ type }) => type)).toEqual(['paragraph'])
  expect(richAsText(rich('![Our shop](geo:52.52,13.405)')).text).toBe('Our shop (52.52, 13.405)')
  expect(renderRichPreview(rich('![<b>](geo:1,2)'))).not.toContain('<b>')
})
