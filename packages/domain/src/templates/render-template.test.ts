import { renderText } from '@tellwire/format'
import { describe, expect, test } from 'vitest'
import { assertTemplate, chooseLocale, renderTemplate, type TemplateContent, TemplateError } from './render-template.js'

const content = (text: string, more: Partial<TemplateContent> = {}): TemplateContent => ({
  format: 'markdown',
  default_locale: 'en',
  texts: { en: text },
  strict: false,
  ...more,
})
const reader = { userId: 'u', attributes: { name: 'Ada', plan: 'free' }, locales: [] }
const render = (text: string, variables: Record<string, unknown> = {}, more: Partial<TemplateContent> = {}) => {
  const { text: source, values } = renderTemplate(content(text, more), variables, reader)
  return renderText(source, more.format ?? 'markdown', { values }).text
}

test('knows variables, then attributes, and the user', () => {
  expect(render('{{name}} {{plan}} {{user.id}} {{none}}', { plan: 'paid' })).toBe('Ada paid u')
})

test.each(['plain', 'markdown', 'telegram_html', 'telegram_markdown', 'telegram_markdown_v2'] as const)(
  'shows a value as it is, in %s',
  (format) => {
    const value = '*a_b* <c> & "d" - [e](f) `g` # h. 1) 👍 ||i||'

    expect(render('{{v}}', { v: value }, { format })).toBe(value)
  },
)

test('shows a value as it is in code, in an address and at the beginning of a line', () => {
  const { text, values } = renderTemplate(
    content(
      '**{{a}}** `{{a}}` [{{a}}](https://b.c/{{a}}?d={{a}}) [x]({{url}})\n\n- {{list}}\n\n| h |\n|---|\n| {{a}} |',
    ),
    { a: 'A_1 *', url: 'https://e.f/g?h=1', list: '# i' },
    reader,
  )
  const rendered = renderText(text, 'markdown', { values })

  expect(rendered.text).toBe('A_1 * A_1 * A_1 * x\n\n• # i\n\nh\n─────\nA_1 *')
  expect(rendered.entities.map(({ type, url }) => [type, url])).toEqual([
    ['bold', undefined],
    ['code', undefined],
    ['text_link', 'https://b.c/A_1%20*?d=A_1%20*'],
    ['text_link', 'https://e.f/g?h=1'],
    ['pre', undefined],
  ])
  expect(render('{{{v}}}', { v: '**x**' })).toBe('x')
})

test.each([
  ['markdown', '<a href="{{v}}">k</a>', 'https://a.b/x', 'https://a.b/x'],
  ['markdown', '<a href="https://a.b/o/{{v}}">k</a>', 'A-17', 'https://a.b/o/A-17'],
  ['markdown', '<https://a.b/{{v}}|k>', 'x y', 'https://a.b/x%20y'],
  ['telegram_markdown_v2', '[k](https://a\\.b/{{v}})', 'a)b', 'https://a.b/a)b'],
  ['telegram_markdown_v2', '[k](https://a\\.b/x\\(y\\)?q={{v}})', 'v', 'https://a.b/x(y)?q=v'],
  ['telegram_markdown_v2', '[k](https://a\\.b/?q={{v}})', 'x&admin=1', 'https://a.b/?q=x%26admin%3D1'],
  ['telegram_markdown', '[k](https://a.b/{{v}})', 'a)b', 'https://a.b/a)b'],
  ['telegram_html', "<a href='https://a.b/{{v}}'>k</a>", "O'Brien", "https://a.b/O'Brien"],
  ['telegram_html', '<a href="https://a.b/?q={{v}}">k</a>', 'x&admin=1#f', 'https://a.b/?q=x%26admin%3D1%23f'],
  ['telegram_html', '<a href="{{v}}">k</a>', 'https://a.b/?size&gt=5', 'https://a.b/?size&gt=5'],
] as const)('a value in an address is a part of it, in %s: %s', (format, text, value, url) => {
  const { text: source, values } = renderTemplate(content(text, { format }), { v: value }, reader)

  expect(renderText(source, format, { values })).toMatchObject({ text: 'k', entities: [{ type: 'text_link', url }] })
})

test('a value that only looks as if it were in an address is shown as it is', () => {
  const template = content('`a[0](x {{v}})` y\\]\\(z {{v}}\\)', { format: 'telegram_markdown_v2' })
  const { text: source, values } = renderTemplate(template, { v: '{"a": 1}' }, reader)

  expect(renderText(source, 'telegram_markdown_v2', { values }).text).toBe('a[0](x {"a": 1}) y](z {"a": 1})')
})

test('a value can be the language of code', () => {
  const { text: source, values } = renderTemplate(
    content('```{{v}}\ncode```', { format: 'telegram_markdown_v2' }),
    { v: 'sql' },
    reader,
  )

  expect(renderText(source, 'telegram_markdown_v2', { values }).entities).toMatchObject([{ language: 'sql' }])
})

describe('a moment', () => {
  const due = '2026-11-29T21:45:00+01:00'
  const unixTime = Date.parse(due) / 1_000

  test.each(['markdown', 'commonmark', 'telegram_html', 'telegram_markdown_v2'] as const)(
    'is what each reader is shown in their own time, in %s',
    (format) => {
      const who = { ...reader, locales: ['de'], timezone: 'Asia/Tokyo' }
      const texts = { en: '{{time:due:wDT}}', de: 'Bis {{time:order.due}} {{ time : due : r }}' }
      const { text, values } = renderTemplate(content('', { format, texts }), { due, order: { due: unixTime } }, who)

      const rendered = renderText(text, format, { values })
      expect(rendered.text).toBe('Bis 30. November 2026 um 05:45 GMT+9 30. November 2026 um 05:45 GMT+9')
      expect(rendered.entities).toEqual([
        { type: 'date_time', offset: 4, length: 32, unix_time: unixTime, date_time_format: 'Dt' },
        { type: 'date_time', offset: 37, length: 32, unix_time: unixTime, date_time_format: 'r' },
      ])
    },
  )

  test.each(['`{{time:due}}`', '```\n{{time:due}}\n```', '$x_1 {{time:due}}$'])('is words in code: %s', (text) => {
    const { text: source, values } = renderTemplate(content(text), { due }, reader)

    expect(renderText(source, 'markdown', { values }).text).toContain('November 29, 2026 at 08:45 PM UTC')
    expect(renderText(source, 'markdown', { values }).text).not.toContain('tg://')
  })

  test.each(['plain', 'telegram_markdown'] as const)('is told in the time of the user, in %s', (format) => {
    expect(render('{{time:due:wdT}}', { due }, { format })).toBe('Sunday, 11/29/2026, 08:45:00 PM UTC')
  })

  test('is shown as it is where it is none, and its format is one of Telegram', () => {
    expect(render('x{{time:due}}')).toBe('x')
    expect(() => render('{{time:due}}', {}, { strict: true })).toThrow('not given: due')
    for (const value of ['tomorrow', '2026-11-29', '', -1, true]) {
      expect(render('x{{time:due}}', { due: value })).toBe(`x${value}`)
    }
    for (const value of ['1700000000', 1_700_000_000.5, '2023-11-14T22:13Z']) {
      expect(render('{{time:due}}', { due: value })).toBe('November 14, 2023 at 10:13 PM UTC')
    }
    expect(render('{{time:due}}', { due: '2040-01-01T00:00:00Z' })).toBe('January 1, 2040 at 12:00 AM UTC')
    for (const text of ['{{time:due:x}}', '{{time:due:TD}}', '{{time:due:}}']) {
      expect(() => assertTemplate(text)).toThrow('has no format of a time')
    }
  })
})

test('shows what is no text as JSON', () => {
  expect(render('{{{o}}} {{{list}}} {{n}}', { o: { a: 1 }, list: [1, { b: 2 }], n: 3 })).toBe('{"a":1} [1,{"b":2}] 3')
})

test('names what is missing, also in sections, when it is strict', () => {
  const strict = { strict: true }
  const missingOf = (text: string, variables: object): string[] => {
    try {
      render(text, { ...variables }, strict)
      return []
    } catch (error) {
      return error instanceof TemplateError ? error.missing : ['?']
    }
  }

  expect(missingOf('{{a}} {{b.c}} {{name}}', { b: {} })).toEqual(['a', 'b.c'])
  expect(missingOf('{{#items}}{{title}}{{/items}}', { items: [{ title: 1 }, {}] })).toEqual(['title'])
  expect(missingOf('{{#none}}{{title}}{{/none}}{{^none}}{{other}}{{/none}}', {})).toEqual(['other'])
})

test('does not let a template run for ever, grow without end or reach into objects', () => {
  const many = Array.from({ length: 1_000 }, () => 1)

  expect(() => render('{{#a}}{{#a}}{{#a}}x{{/a}}{{/a}}{{/a}}', { a: many })).toThrow('too many steps')
  expect(() => render(`{{#a}}${'{{#b}}{{/b}}'.repeat(20)}{{/a}}`, { a: many })).toThrow('too many steps')
  expect(() => render(`{{#a}}${'{{b.c.d.e}}'.repeat(5)}{{/a}}`, { a: many })).toThrow('too many steps')
  expect(() => render('{{#a}}{{big}}{{/a}}', { a: many, big: 'x'.repeat(1_000) })).toThrow('too long')
  expect(render('x{{constructor}}{{o.constructor.name}}{{__proto__}}', { o: {} })).toBe('x')
})

describe('languages', () => {
  const texts = { en: 'Hi', de: 'Hallo', 'pt-BR': 'Oi' }

  test.each([
    [['de-AT'], 'de'],
    [['pt-br'], 'pt-BR'],
    [['pt'], 'en'],
    [[undefined, 'fr', null, 'de'], 'de'],
    [[], 'en'],
  ])('for %j it is %s', (locales, chosen) => {
    expect(chooseLocale(content('', { texts }), locales)).toBe(chosen)
  })
})

test('refuses what is no template', () => {
  expect(() => assertTemplate('{{#a}}')).toThrow(TemplateError)
  expect(() => assertTemplate('{{> a}}')).toThrow('cannot include another')
  expect(() => assertTemplate('{{a}}'.repeat(10_001))).toThrow('too many steps')
})
