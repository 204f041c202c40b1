import fc from 'fast-check'
import { expect, test } from 'vitest'
import { finishWholeText, isOnlyMarks } from '../telegram/finish-telegram-text.js'
import { renderMarkdown } from './render-markdown.js'

/** Text and entities, without warnings. */
function render(source: string) {
  const { text, entities } = renderMarkdown(source)
  return { text, entities }
}

test('renders inline marks as entities', () => {
  expect(render('**bold** _it_ `co` [site](https://example.com/a)')).toEqual({
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
  expect(render('👍 **é**').entities).toEqual([{ type: 'bold', offset: 3, length: 1 }])
})

test('renders nested lists with markers and indentation', () => {
  expect(render('- one\n  - inner\n- two\n\n3. three\n4. four').text).toBe(
    '• one\n  • inner\n• two\n\n3. three\n4. four',
  )
})

test('separates the paragraphs of a loose list by a blank line', () => {
  expect(render('- one\n\n  more\n\n- two').text).toBe('• one\n\n  more\n\n• two')
})

test('renders a fenced code block with its language', () => {
  expect(render('Run:\n```sh\nls\n\npwd\n```\ndone')).toEqual({
    text: 'Run:\n\nls\n\npwd\n\ndone',
    entities: [{ type: 'pre', offset: 6, length: 7, language: 'sh' }],
  })
})

test('shows a quote in a quote as part of the outer one', () => {
  expect(render('> a\n> > b\n\nc')).toEqual({
    text: 'a\n\nb\n\nc',
    entities: [{ type: 'blockquote', offset: 0, length: 4 }],
  })
})

test('begins a quote with its text, wherever it stands', () => {
  expect(render('before\n\n> quoted\n\nafter')).toEqual({
    text: 'before\n\nquoted\n\nafter',
    entities: [{ type: 'blockquote', offset: 8, length: 6 }],
  })
})

test('renders headings bold and images as links', () => {
  expect(render('# Title\n![alt](https://example.com/i.png)').entities).toEqual([
    { type: 'bold', offset: 0, length: 5 },
    { type: 'text_link', offset: 7, length: 3, url: 'https://example.com/i.png' },
  ])
})

test('keeps an address that Telegram would refuse as text', () => {
  expect(render('[mail](mailto:a@b.c) [here](/path) <a@b.c>')).toEqual({
    text: 'mail (mailto:a@b.c) here (/path) a@b.c',
    entities: [],
  })
})

test('makes one link of a picture in a link', () => {
  expect(render('**[![alt](https://a.b/c.png)](https://d.e) z** tail')).toEqual({
    text: 'alt z tail',
    entities: [
      { type: 'text_link', offset: 0, length: 3, url: 'https://d.e' },
      { type: 'bold', offset: 0, length: 3 },
      { type: 'bold', offset: 3, length: 2 },
    ],
  })
})

test('shows what is nested too deeply as it is written', () => {
  const { text, warnings } = renderMarkdown(`${'> '.repeat(500)}deep\n\nafter`)

  expect(text).toBe(`${'> '.repeat(480)}deep\n\nafter`)
  expect(warnings.map(({ code }) => code)).toEqual(['shown_as_written'])
})

test('shows a huge table as it is written', () => {
  const source = `a|b\n-|-\n${'x\n'.repeat(5_000)}`

  expect(render(`${source}\nafter`).text).toBe(`${source}\nafter`)
})

test('shortens nothing, however long', () => {
  expect(render('- a\n'.repeat(20_000)).text).toHaveLength(79_999)
})

test('renders strikethrough, spoilers, underlines, emoji and moments', () => {
  expect(
    render(
      '~~a~~ ||b *c*|| <u>d</u> <tg-spoiler>e</tg-spoiler> ![👍](tg://emoji?id=7) ![noon](tg://time?unix=9&format=t)',
    ),
  ).toEqual({
    text: 'a b c d e 👍 noon',
    entities: [
      { type: 'strikethrough', offset: 0, length: 1 },
      { type: 'spoiler', offset: 2, length: 2 },
      { type: 'italic', offset: 4, length: 1 },
      { type: 'spoiler', offset: 4, length: 1 },
      { type: 'underline', offset: 6, length: 1 },
      { type: 'spoiler', offset: 8, length: 1 },
      { type: 'custom_emoji', offset: 10, length: 2, custom_emoji_id: '7' },
      { type: 'date_time', offset: 13, length: 4, unix_time: 9, date_time_format: 't' },
    ],
  })
})

test('shows tags and marks that do not end as text', () => {
  const source = '<b>a <u>b <host> ||c'

  expect(render(source)).toEqual({ text: source, entities: [] })
})

test('renders task lists', () => {
  expect(render('- [ ] open\n- [x] done\n- [y] neither').text).toBe('• ☐ open\n• ☑ done\n• [y] neither')
})

test('makes a long quote expandable', () => {
  const types = (source: string) => render(source).entities.map(({ type }) => type)

  expect(types('> line\n'.repeat(10))).toEqual(['expandable_blockquote'])
  expect(types(`> ${'word '.repeat(120)}end`)).toEqual(['expandable_blockquote'])
  expect(types('> line\n'.repeat(9))).toEqual(['blockquote'])
})

test('aligns a table, wide characters and emoji counted as two columns', () => {
  expect(render('| Item | Price |\n|:--|--:|\n| 寿司 | 9 |\n| 👍🏽 ok | 12.50 |')).toEqual({
    text: 'Item  │ Price\n──────┼──────\n寿司  │     9\n👍🏽 ok │ 12.50',
    entities: [{ type: 'pre', offset: 0, length: 55 }],
  })
})

test('turns a wide table into a list', () => {
  const { text, entities, warnings } = renderMarkdown(
    '| City | What happens there |\n|---|---|\n| Bern | [something](https://a.b) that takes many words to tell |\n| Rome | nothing |',
  )

  expect(text).toBe(
    'City │ What happens there\n• Bern\n  What happens there: something that takes many words to tell\n• Rome\n  What happens there: nothing',
  )
  expect(entities.map(({ type, offset, length }) => [type, text.slice(offset, offset + length)])).toEqual([
    ['bold', 'City │ What happens there'],
    ['bold', 'Bern'],
    ['text_link', 'something'],
    ['bold', 'Rome'],
  ])
  expect(warnings.map(({ code }) => code)).toEqual(['table_as_list'])
})

test('puts footnotes below the text, and loses none', () => {
  expect(render('One[^b] two[^a].\n\n[^a]: first\n[^b]: *second*\n[^c]: unused')).toEqual({
    text: 'One¹ two².\n\n¹ second\n² first\n³ unused',
    entities: [{ type: 'italic', offset: 14, length: 6 }],
  })
})

test('shows source that says nothing in Markdown as it is', () => {
  expect(render('[a]: https://a.b').text).toBe('[a]: https://a.b')
  expect(render(' \n\u200b')).toEqual({ text: '', entities: [] })
})

test('tells of links whose address is shown', () => {
  expect(renderMarkdown('[a](/b)').warnings).toEqual([
    { code: 'link_as_text', message: 'Telegram does not open /b, so the address is shown' },
  ])
})

/** Pieces that mean something in Markdown, between any characters. */
const markdown = fc
  .array(
    fc.oneof(
      fc.constantFrom(
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
        '\\',
        '~~',
        '||',
        '<u>',
        '</u>',
        '# ',
        '---\n',

        '[a](https://a.b)',
        '![',
        '](',
        ')',
        '[^1]',
        '\n[^1]: ',
        '|a|b|\n|-|-|\n|',
        '- [ ] ',
        '    ',
        '\t',
        '👍',
        'x',
        ' ',
        '\r',
        '\u200f',
        '\u2028',
        '\u0333',
        '\ud83d',
        '&amp;',
        '&#0;',
        '<https://a.b>',
      ),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

const runs = Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10

test('gives what Telegram takes as it is, for any source', () => {
  fc.assert(
    fc.property(markdown, (source) => {
      const rendered = render(source)
      // Marks around nothing are nothing.
      if (rendered.text === '') {
        expect(isOnlyMarks(source.toWellFormed())).toBe(true)
        return
      }
      expect(finishWholeText(rendered)).toEqual(rendered)
      for (const { offset, length } of rendered.entities) {
        expect(rendered.text.slice(offset, offset + length).isWellFormed()).toBe(true)
      }
    }),
    { numRuns: runs },
  )
})

test('loses no visible character of a paragraph', () => {
  const visible = (text: string) =>
    text
      .toWellFormed()
      .replaceAll('\0', '\ufffd')
      .replace(/[\s\p{Cc}\p{Cf}\u0333\u033f\u030a]/gu, '')
  const words = fc.string({ unit: 'binary', maxLength: 60 })

  fc.assert(
    fc.property(words, (text) => {
      const escaped = text.replace(/[!-/:-@[-`{-~]/g, '\\$&')
      expect(visible(render(`.${escaped}`).text)).toBe(visible(`.${text}`))
    }),
    { numRuns: runs },
  )
})

test('leaves addresses that stand by themselves as they are', () => {
  const source = 'see https://github.com/x/y/blob/main/__init__.py?a=~~b~~&c=||d|| and www.a.b/__e__.'

  expect(render(source)).toEqual({ text: source, entities: [] })
  expect(render('**https://a.b/c**')).toEqual({
    text: 'https://a.b/c',
    entities: [{ type: 'bold', offset: 0, length: 13 }],
  })
})

test('gives each item a line of its own, also an empty one', () => {
  expect(render('- a\n-\n- b').text).toBe('• a\n• \n• b')
})

test('keeps links and secrets of a table, as a list', () => {
  const { text, entities } = render(
    '| a | b |\n|---|---|\n| [x](https://a.b) | ||y|| |'.replace('||y||', '<tg-spoiler>y</tg-spoiler>'),
  )

  expect(text).toBe('a │ b\n• x\n  b: y')
  expect(entities.map(({ type }) => type)).toEqual(['bold', 'text_link', 'bold', 'spoiler'])
})

test('loses no footnote that is defined in another', () => {
  expect(render('[^a]: x\n\n    [^b]: y\n\n    z\n\nbody[^a][^b]').text).toBe('body¹²\n\n¹ x\n\n  z\n² y')
})

test('shows the address of a link without a text, and what a picture is described with', () => {
  expect(render('[](https://a.b/c)').text).toBe('https://a.b/c')
  expect(render('![AT&amp;T **b**](https://a.b)').text).toBe('AT&T b')
})

test.each([
  [':bug: fix(api): 10:30:00 parse :rocket: ratio 1:2:3', '🐛 fix(api): 10:30:00 parse 🚀 ratio 1:2:3'],
  ['**:white_check_mark:** :+1: (:100:)', '✅ 👍 (💯)'],
  ['`:bug:` 1:100:2 a:bug:b :no_such_name: ::bug::', ':bug: 1:100:2 a:bug:b :no_such_name: ::bug::'],
  ['| a |\n|---|\n| :bug: |', 'a\n──\n🐛'],
  [':constructor: :__proto__:', ':constructor: :__proto__:'],
])('names of emoji are shown as emoji where that is asked for: %s', (source, shown) => {
  expect(renderMarkdown(source, { shortcodes: true }).text).toBe(shown)
  expect(renderMarkdown(source, {}).text).toContain(source.includes(':bug:') ? ':bug:' : ':')
})
