import { describe, expect, test } from 'vitest'
import { TelegramParseError } from './telegram-parse-error.js'
import { parseTelegramText } from './parse-telegram-text.js'

const parse = (mode: 'Markdown' | 'MarkdownV2' | 'HTML', source: string) => parseTelegramText(source, mode)
const refusal = (mode: 'Markdown' | 'MarkdownV2' | 'HTML', source: string) => {
  try {
    return parse(mode, source)
  } catch (error) {
    if (error instanceof TelegramParseError) return error.message.replace(/^Can't parse entities: /, '')
    throw error
  }
}

describe('Markdown', () => {
  test('finds the four kinds of entities, without nesting', () => {
    expect(parse('Markdown', 'é *b_o* _i*t_ `c*d` [li_nk](https://a.b/c)')).toEqual({
      text: 'é b_o i*t c*d li_nk',
      entities: [
        { type: 'bold', offset: 2, length: 3 },
        { type: 'italic', offset: 6, length: 3 },
        { type: 'code', offset: 10, length: 3 },
        { type: 'text_link', offset: 14, length: 5, url: 'https://a.b/c' },
      ],
    })
  })

  test('knows escapes outside of entities only', () => {
    expect(parse('Markdown', '\\*a\\_ \\x *b\\*')).toEqual({
      text: '*a_ \\x b\\',
      entities: [{ type: 'bold', offset: 7, length: 2 }],
    })
  })

  test('takes a language only where white space follows it', () => {
    expect(parse('Markdown', '```js\nx``` ```js```')).toEqual({
      text: 'x js',
      entities: [
        { type: 'pre', offset: 0, length: 1, language: 'js' },
        { type: 'pre', offset: 2, length: 2 },
      ],
    })
  })

  test('reads an address that does not end up to the end of the text', () => {
    expect(parse('Markdown', '[a](b.c d')).toEqual({ text: 'a', entities: [] })
    expect(parse('Markdown', '[a](b.c/d').entities).toEqual([
      { type: 'text_link', offset: 0, length: 1, url: 'http://b.c/d' },
    ])
  })

  test('takes the text of a link without an address as its address', () => {
    expect(parse('Markdown', '[a.b] [](c.d)')).toEqual({
      text: 'a.b (c.d)',
      entities: [{ type: 'text_link', offset: 0, length: 3, url: 'http://a.b/' }],
    })
  })

  test('tells where an entity begins that does not end, in bytes', () => {
    expect(refusal('Markdown', 'äö snake_case')).toBe("Can't find end of the entity starting at byte offset 10")
    expect(refusal('Markdown', '👍 ```x')).toBe("Can't find end of the entity starting at byte offset 5")
  })
})

describe('MarkdownV2', () => {
  test('nests entities and puts the longer one first', () => {
    expect(parse('MarkdownV2', '*a _b ~c~_* ||d||')).toEqual({
      text: 'a b c d',
      entities: [
        { type: 'bold', offset: 0, length: 5 },
        { type: 'italic', offset: 2, length: 3 },
        { type: 'strikethrough', offset: 4, length: 1 },
        { type: 'spoiler', offset: 6, length: 1 },
      ],
    })
  })

  test('ends a quote at the first line that is not quoted, line break included', () => {
    expect(parse('MarkdownV2', '>a\n>b\nc').entities).toEqual([{ type: 'blockquote', offset: 0, length: 4 }])
    expect(parse('MarkdownV2', '>a\n>b||').entities).toEqual([{ type: 'expandable_blockquote', offset: 0, length: 3 }])
  })

  test('lets an escaped line break begin a quote', () => {
    expect(parse('MarkdownV2', 'a\\\n>b').entities).toEqual([{ type: 'blockquote', offset: 2, length: 1 }])
  })

  test('reads escapes in addresses and in code', () => {
    expect(parse('MarkdownV2', '[a](https://b.c/\\)d) `\\``')).toEqual({
      text: 'a `',
      entities: [
        { type: 'text_link', offset: 0, length: 1, url: 'https://b.c/)d' },
        { type: 'code', offset: 2, length: 1 },
      ],
    })
  })

  test('makes people, emoji and moments of their links', () => {
    expect(
      parse('MarkdownV2', '[a](tg://user?id=7)![b](tg://emoji?id=8)![c](tg://time?unix=9&format=Dtw)').entities,
    ).toEqual([
      { type: 'text_mention', offset: 0, length: 1, user_id: 7 },
      { type: 'custom_emoji', offset: 1, length: 1, custom_emoji_id: '8' },
      { type: 'date_time', offset: 2, length: 1, unix_time: 9, date_time_format: 'wDt' },
    ])
  })

  test.each([
    ['Total: 3.50', "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ['é *a', "Can't find end of Bold entity at byte offset 3"],
    ['>*a\nb*', "Can't find end of Bold entity at byte offset 1"],
    ['[a](b', "Can't find end of a URL at byte offset 4"],
    ['![a]', 'The entity must contain a tg://emoji or tg://time URL'],
    ['![a](https://b.c)', 'Invalid tg://emoji or tg://time URL specified'],
  ])('refuses %s', (source, message) => {
    expect(refusal('MarkdownV2', source)).toBe(message)
  })
})

describe('HTML', () => {
  test('finds styles, links and code', () => {
    expect(
      parse('HTML', '<b>a<i>b</i></b> <a href="c.d">e</a> <pre><code class="language-ts">f</code></pre> &lt;&#x41;'),
    ).toEqual({
      text: 'ab e f <A',
      entities: [
        { type: 'bold', offset: 0, length: 2 },
        { type: 'italic', offset: 1, length: 1 },
        { type: 'text_link', offset: 3, length: 1, url: 'http://c.d/' },
        { type: 'pre', offset: 5, length: 1, language: 'ts' },
      ],
    })
  })

  test('keeps what it does not know as a character', () => {
    expect(parse('HTML', '&nbsp; &apos; &#0; &#1114111; a & b > c').text).toBe(
      '&nbsp; &apos; &#0; &#1114111; a & b > c',
    )
  })

  test.each([
    ['<br>', 'Unsupported start tag "br" at byte offset 0'],
    ['é<b', 'Unclosed start tag at byte offset 2'],
    ['<b a', 'Unclosed start tag "b" at byte offset 0'],
    ['<b a="', 'Unclosed start tag at byte offset 0'],
    ['<b =1>', 'Empty attribute name in the tag "b" at byte offset 0'],
    ['<a href=http://b.c>', 'Unexpected end of name token at byte offset 8'],
    ['<span>', 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
    ['a</b>', 'Unexpected end tag at byte offset 1'],
    ['<b>a</b', 'Unclosed end tag at byte offset 4'],
    ['<b>a</i>', 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ['<b>a', 'Can\'t find end tag corresponding to start tag "b"'],
    ['<tg-emoji emoji-id="x">a</tg-emoji>', 'Invalid custom emoji identifier specified'],
    ['<tg-time unix="0" format="x">a</tg-time>', 'Invalid date format used'],
  ])('refuses %s', (source, message) => {
    expect(refusal('HTML', source)).toBe(message)
  })
})

test('a line of code begins no quote behind it', () => {
  expect(refusal('MarkdownV2', '`a\n`>b')).toBe("Character '>' is reserved and must be escaped with the preceding '\\'")
})
