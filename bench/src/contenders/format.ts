/** Renders messages in a process of its own: `format.js ours|telegramify`. Tells what it took over IPC. */
import { createRequire } from 'node:module'
import { renderMarkdown } from '@tellwire/format'
import { median } from '../result.js'

const typical = `**2026-11-21** Artist - [Title](https://example.com/r/1)

Your order *8812* has been shipped today. It will arrive on Monday between 9 and 12.

- one parcel
- two letters

Track it [here](https://example.com/t/8812) or reply to this message. \`A1-77\` is your code. Thank you for shopping with us!`

const bytes = 32_768
const fill = (piece: string): string => piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes)

const hostile: Record<string, string> = {
  'nested lists': fill('- '),
  'nested quotes': fill('> '),
  'lists in quotes': fill('- > '),
  'ten thousand backticks': '`'.repeat(10_000),
  'backticks of all lengths': Array.from({ length: 240 }, (_, count) => `${'`'.repeat(count + 1)}a`).join(' '),
  'open brackets': fill('['),
  'open links': fill('[a]('),
  'links in brackets': fill('[a](<b'),
  images: fill('!['),
  links: fill('[a](https://b.c) '),
  asterisks: fill('*a '),
  'mixed marks': fill('*_`['),
  strikethrough: fill('~~a'),
  spoilers: fill('||a '),
  tags: fill('<u>'),
  'a wide table': `|a|b|\n|-|-|\n${fill('|x')}`,
  'a long table': `a|b\n-|-\n${fill('x\n')}`,
  footnotes: fill('[^a]: x\n'),
  references: Array.from({ length: 1_500 }, (_, index) => `[a${index}]: /u\n`).join(''),
  headings: fill('# a\n'),
  'numbered items': fill('1. a\n'),
  'HTML comments': fill('<!--\n'),
  details: fill('<details>'),
  preformatted: fill('<pre>\n'),
  formulas: fill('$a^'),
  backslashes: fill('\\a\\('),
  'items below items': fill('1. a\n  - b\n'),
  escapes: fill('\u001b['),
  rules: fill('---\n'),
  quotes: fill('> a\n\n'),
}

const samples = 3_000
const warmUps = 2_000

function time(work: () => unknown): number {
  const began = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - began) / 1_000
}

function medianUs(render: () => unknown): number {
  for (let count = 0; count < warmUps; count++) render()
  return median(Array.from({ length: samples }, () => time(render)))
}

if (process.argv[2] === 'telegramify') {
  const telegramify = createRequire(import.meta.url)('telegramify-markdown') as (source: string, how: string) => string
  process.send?.({ typicalUs: medianUs(() => telegramify(typical, 'escape')) })
} else {
  const typicalUs = medianUs(() => renderMarkdown(typical))
  const times = Object.entries(hostile).map(([name, source]) => ({
    name,
    ms: time(() => renderMarkdown(source)) / 1_000,
  }))
  const slowest = times.toSorted((a, b) => b.ms - a.ms)[0]
  process.send?.({ typicalUs, hostileMs: slowest?.ms, hostile: slowest?.name })
}
process.disconnect()
