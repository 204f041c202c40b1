import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderMarkdown } from '../render-markdown.js'

const render = (source: string) => renderMarkdown(source)
const textOf = (source: string): string => render(source).text
const marked = (source: string): string[] => {
  const { text, entities } = render(source)
  return entities.map(({ type, offset, length }) => `${type} ${text.slice(offset, offset + length)}`)
}

describe('a mark is a mark only where it is surely meant', () => {
  test.for([
    'run lib/__init__.py as __main__',
    'cp src/**/*.ts out/*',
    '3*4*5 and 6 * 7',
    'x = a || b, y = c||d||e',
    'the key "*" or (*)',
    '\\\\nas02\\daily_backup',
    'C:\\work\\[new]\\',
    'match ^\\w+\\.\\w+$',
    'so \\( a_1 + b_1 \\) holds, and \\[ x^2 \\]',
    'with $e_i * e_j$ and $$ a*b*c $$',
    'Map<String, List<Integer>> of <user> if a<b',
    '>75 % of it',
  ])('%s', (source) => {
    expect(render(source)).toEqual({ text: source, entities: [], warnings: [] })
  })

  test.for([
    ['**重要：**请看', '重要：请看', ['bold 重要：']],
    ['含**「新」**字', '含「新」字', ['bold 「新」']],
    ['*はい。*次', 'はい。次', ['italic はい。']],
    ['**Total:**12 EUR', 'Total:12 EUR', ['bold Total:']],
    ['un*believ*able', 'unbelievable', ['italic believ']],
    ['who? ||it was him||, (||she||)', 'who? it was him, (she)', ['spoiler it was him', 'spoiler she']],
    ['__Note:__ and __all of it__', 'Note: and all of it', ['bold Note:', 'bold all of it']],
    ['\\*no\\* snake\\_case 1\\. \\(x\\)', '*no* snake_case 1. (x)', []],
    ['<https://a.b/1|the run>', 'the run', ['text_link the run']],
  ] as const)('%s', ([source, text, marks]) => {
    expect(textOf(source)).toBe(text)
    expect(marked(source)).toEqual(marks)
  })
})

describe('nothing that somebody wrote is lost', () => {
  test.for([
    ['lines like definitions', 'Sum\n\n[ok]: 12\n[failed]: none', ['[ok]: 12', '[failed]: none']],
    ['a definition that nobody uses', 'See\n\n[log]: https://a.b/log', ['[log]: https://a.b/log']],
    ['a second definition', '[x]\n\n[x]: https://a.b/1\n[x]: https://a.b/2', ['https://a.b/2']],
    ['cells beyond the header', '| a |\n|---|\n| 1 | 2 | 3 |', ['1', '2', '3']],
    ['a bar in code', '| a | b |\n|---|---|\n| `x | y` | z |', ['x | y', 'z']],
    ['signs of amounts', '- 9.90 EUR\n+ 3 %', ['- 9.90 EUR', '+ 3 %']],
  ] as const)('%s', ([, source, pieces]) => {
    for (const piece of pieces) expect(textOf(source)).toContain(piece)
  })

  test('a definition that is used is not shown', () => {
    expect(textOf('Read [it].\n\n[it]: https://a.b/')).toBe('Read it.')
  })

  test.for([
    ['102. a\n104. b\n110. c', '102. a\n104. b\n110. c'],
    ['007. a\n008. b', '007. a\n008. b'],
    ['3) c\n2) b\n1) a', '3) c\n2) b\n1) a'],
    ['1. a\n1. b\n1. c', '1. a\n2. b\n3. c'],
    ['1. Get\n- it\n1. Run\n- that', '1. Get\n\n• it\n\n2. Run\n\n• that'],
    ['1. a\n  - b\n  - c\n2. d', '1. a\n   • b\n   • c\n2. d'],
    ['10. a\n   - b\n11. c', '10. a\n    • b\n11. c'],
  ] as const)('numbers and levels of lists: %s', ([source, text]) => {
    expect(textOf(source)).toBe(text)
  })

  test('no letter or digit of any text goes', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '*',
        '**',
        '_',
        '__',
        '||',
        '~~',
        '`',
        '\\',
        '|',
        '>',
        '- ',
        '1. ',
        '[',
        ']',
        '(',
        ')',
        '$',
        '<',
        '/',
      ),
      fc.constantFrom(
        ' ',
        '\n',
        '\n\n',
        'word',
        '7',
        '提示',
        '：',
        '**提示：**',
        '| a | b |\n|--|--|\n',
        '```\n',
        'x_y',
      ),
    )
    const source = fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(''))
    const letters = (text: string): string[] => (text.match(/[\p{L}\p{N}]/gu) ?? []).toSorted()
    fc.assert(
      fc.property(source, (written) => {
        const { text, entities } = renderMarkdown(written)
        // The language of code stands above it.
        const shown = letters([text, ...entities.map(({ language = '' }) => language)].join(' '))
        for (const letter of new Set(letters(written).filter((each) => !/\d/.test(each)))) {
          const count = (all: string[]): number => all.filter((each) => each === letter).length
          expect(count(shown)).toBeGreaterThanOrEqual(count(letters(written)))
        }
      }),
      { numRuns: Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10 },
    )
  })
})

test('a text of which a program has escaped all punctuation means itself, in a link too', () => {
  const mark = fc
    .integer({ min: 33, max: 126 })
    .map((code) => String.fromCodePoint(code))
    .filter((each) => /[^\\A-Za-z0-9]/.test(each))
  const piece = fc.oneof(
    mark,
    fc.constantFrom('a', 'B1', 'né', ' ', ' '),
    fc.constantFrom('AC/DC', '[live]', '(2nd *press*)', '[a_b]', '{x}', '<b>'),
  )
  const text = fc
    .array(piece, { minLength: 1, maxLength: 20 })
    .map((pieces) => pieces.join('').trim().replaceAll(/ +/g, ' '))
    .filter((each) => /[\p{L}\p{N}]/u.test(each))
  fc.assert(
    fc.property(text, (meant) => {
      const escaped = meant.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`)
      expect(textOf(escaped)).toBe(meant)
      expect(marked(`see [${escaped}](<https://a.b/>) now`)).toEqual([`text_link ${meant}`])
    }),
    { numRuns: Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10 },
  )
})

describe('blocks as people and programs write them', () => {
  test('a line below a text is a rule, and equals signs make a heading', () => {
    expect(textOf('Disk\n91 %\n---\nnext')).toBe('Disk\n91 %\n\n———\n\nnext')
    expect(marked('Disk\n===\nnext')).toEqual(['bold Disk'])
  })

  test('a block of code in one that has a language is a part of it', () => {
    expect(marked('```md\n# A\n```sh\nls\n```\nB\n```\nafter')).toEqual(['pre # A\n```sh\nls\n```\nB'])
    expect(marked('```js\na\n```\ntext\n```py\nb\n```')).toEqual(['pre a', 'pre b'])
  })

  test('the notes of GitHub have their word in bold', () => {
    expect(textOf('> [!TIP]\n> Save it.')).toBe('Tip\nSave it.')
  })

  test.for([
    ['x <!-- no --> y', 'x  y'],
    ['<!-- a\n\nb -->\n\nText', 'Text'],
    ['a<br/>b<BR>c', 'a\nb\nc'],
    ['<p align="center">x</p>', 'x'],
    ['<details><summary>More</summary>\n\n- a\n\n</details>', 'More\n\n• a'],
    ['| a |\n|--|\n| x<br>y |', 'a\n─\nx\ny'],
  ] as const)('HTML does what it says: %s', ([source, text]) => {
    expect(textOf(source)).toBe(text)
  })

  test('tags become the marks that they are', () => {
    expect(marked('<b>b</b> <em>i</em> <kbd>k</kbd> <a href="https://a.b/?x=1&amp;y=2">l</a>')).toEqual([
      'bold b',
      'italic i',
      'code k',
      'text_link l',
    ])
  })
})
