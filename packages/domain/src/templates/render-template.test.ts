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
const render = (text: string, variables: Record<string, unknown> = {}, more: Partial<TemplateContent> = {}) =>
  renderTemplate(content(text, more), variables, reader)

test('knows variables, then attributes, and the user', () => {
  expect(render('{{name}} {{plan}} {{user.id}} {{none}}', { plan: 'paid' })).toBe('Ada paid u ')
})

test('escapes values for the format, unless told not to', () => {
  const value = '*a_b* <c> & "d" - [e](f)'

  expect(render('{{v}}', { v: value }, { format: 'plain' })).toBe(value)
  expect(render('{{v}}', { v: value })).toBe('\\*a\\_b\\* \\<c\\> \\& "d" - \\[e\\](f)')
  expect(render('{{v}}', { v: value }, { format: 'telegram_html' })).toBe(
    '*a_b* &lt;c&gt; &amp; &quot;d&quot; - [e](f)',
  )
  expect(render('{{v}}', { v: 'a.b-c!' }, { format: 'telegram_markdown_v2' })).toBe('a\\.b\\-c\\!')
  expect(render('{{v}}', { v: '# a\n1. b' })).toBe('\\# a\n1\\. b')
  expect(render('{{{v}}}', { v: value })).toBe(value)
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
  expect(() => render('{{#a}}{{big}}{{/a}}', { a: many, big: 'x'.repeat(1_000) })).toThrow('too long')
  expect(render('{{constructor}}{{o.constructor.name}}{{__proto__}}', { o: {} })).toBe('')
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
})
