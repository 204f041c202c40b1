import { expect, test } from 'vitest'
import { renderText } from './render-text.js'
import { readTerminalOutput } from './terminal-output.js'

test.for([
  ['colours', '\u001b[1;31mfailed\u001b[0m in \u001b[38;2;1;2;3mmain\u001b[m', 'failed in main'],
  [
    'a link and a title',
    '\u001b]0;build\u0007see \u001b]8;;https://a.b/\u001b\\the log\u001b]8;;\u001b\\',
    'see the log',
  ],
  ['the forms of one byte', '\u009b32mok\u009b0m', 'ok'],
  ['a choice of characters', 'x\u001b(By', 'xy'],
  ['progress', 'pull 1/3\rpull 2/3\rpull 3/3\ndone', 'pull 3/3\ndone'],
  ['a bar', '[#   ] 10%\r[### ] 70%\r[####] 100%', '[####] 100%'],
  ['lines that go back without being the same', 'first\rsecond\nthird', 'first\nsecond\nthird'],
  ['line ends of Windows', 'a\r\nb\r\n', 'a\nb\n'],
  ['letters that were struck over', 'N\bNA\bAM\bME\bE _\bx', 'NAME x'],
  ['other ends of lines', 'one\u2028two\u0085three\ffour', 'one\ntwo\nthree\nfour'],
  [
    'a text that was decoded wrongly',
    'db1\u009d is down: \u009f, ve\u009eer, \u009b5 errors',
    'db1 is down: , veer, 5 errors',
  ],
  ['a title without an end', 'Deploy \u001b]0;title and\nthe rest', 'Deploy 0;title and\nthe rest'],
  ['nothing of this', 'a_b [x] ~ 1\t2', 'a_b [x] ~ 1\t2'],
] as const)('%s', ([, written, shown]) => {
  expect(readTerminalOutput(written)).toBe(shown)
})

test('tabs keep columns in code, and in a text without a format', () => {
  const source = '```\nif x {\n\ty()\n\t\tz()\n}\nid\tname\n17\tann\n```'

  expect(renderText(source, 'markdown').text).toBe('if x {\n    y()\n        z()\n}\nid      name\n17      ann')
  expect(renderText('a\tb', 'plain').text).toBe('a       b')
  expect(renderText('<b>é</b> <pre>\tx</pre> <i>y</i>', 'telegram_html')).toMatchObject({
    text: 'é       x y',
    entities: [
      { type: 'bold', offset: 0, length: 1 },
      { type: 'pre', offset: 2, length: 7 },
      { type: 'italic', offset: 10, length: 1 },
    ],
  })
})

test.for(['markdown', 'commonmark', 'plain', 'telegram_html'] as const)(
  'what cannot be seen is nothing: %s',
  (format) => {
    for (const source of ['\u2060\u00ad', '\u034f', '\u3164 \u115f', '\u200b\ufe0f']) {
      expect(renderText(source, format).text).toBe('')
    }
  },
)
