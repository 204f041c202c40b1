import { describe, expect, test } from 'vitest'
import { argumentsOf, findOverrideFault } from './check-override.js'
import { catalogues, chooseLanguage, languages } from './languages.js'
import { speak } from './speak.js'
import type { TextKey } from './text-arguments.js'

const keys = Object.keys(catalogues.en) as TextKey[]

describe.each(languages)('the catalogue %s', (language) => {
  test('has every text, filled with the same as in English', () => {
    for (const key of keys) {
      const source = catalogues[language][key]
      expect(source.trim(), key).not.toBe('')
      expect(argumentsOf(language, source), key).toEqual(argumentsOf('en', catalogues.en[key]))
    }
  })

  test('names the commands as in English', () => {
    const commandsIn = (text: string) => (text.match(/\/[a-z]+/g) ?? []).toSorted()
    for (const key of keys) expect(commandsIn(catalogues[language][key]), key).toEqual(commandsIn(catalogues.en[key]))
  })

  test('says every number of minutes and apps', () => {
    const { say } = speak(language)
    for (const count of [0, 1, 2, 3, 5, 11, 21, 100]) {
      for (const text of [say('too_many_tries', { minutes: count }), say('apps_title', { count })]) {
        expect(text).not.toMatch(/[{}#]/)
      }
    }
  })

  test('has descriptions of commands that Telegram takes', () => {
    for (const key of keys.filter((key) => key.startsWith('command_'))) {
      expect(catalogues[language][key].length, key).toBeLessThanOrEqual(256)
    }
  })
})

test('a name is said as it is, whatever is in it', () => {
  const name = "{tenant} <b>'Söhne' & {count, plural} #</b>"

  expect(speak('en').say('used', { tenant: name })).toContain(name)
})

test('counts as each language does', () => {
  const minutes = (language: 'en' | 'ru' | 'ar', count: number) =>
    speak(language).say('too_many_tries', { minutes: count })

  expect(minutes('en', 1)).toMatch(/1 minute\./)
  expect(minutes('en', 2)).toMatch(/2 minutes\./)
  expect([1, 3, 5].map((count) => /через (.*)\.$/.exec(minutes('ru', count))?.[1])).toEqual([
    '1 минуту',
    '3 минуты',
    '5 минут',
  ])
  expect(minutes('ar', 2)).toMatch(/دقيقتين/)
})

test('a name in the other direction does not turn the text around it', () => {
  expect(speak('ar').say('used', { tenant: 'Acme (GmbH)' })).toContain('\u2068Acme (GmbH)\u2069')
  expect(speak('ar').say('used', { tenant: 'متجر' })).not.toContain('\u2068')
  expect(speak('en').say('used', { tenant: 'متجر' })).toContain('\u2068متجر\u2069')
  expect(speak('en').say('used', { tenant: 'Acme' })).not.toContain('\u2068')
})

test.each([
  [['pt-BR'], 'pt'],
  [['zh-hans', 'de'], 'zh'],
  [['PT_br'], 'pt'],
  [[undefined, null, 'xx', 'ja'], 'ja'],
  [['constructor', ''], 'en'],
  [[], 'en'],
])('of %j the language is %s', (wanted, language) => {
  expect(chooseLanguage(...(wanted as string[]))).toBe(language)
})

test("a tenant's own words are checked, and said", () => {
  expect(findOverrideFault('en', 'welcome', 'Hi from {tenant}!')).toBeUndefined()
  expect(findOverrideFault('en', 'welcome', 'Hi {user}')).toMatch(/names \{user\}.*\{tenant\} only/)
  expect(findOverrideFault('en', 'welcome', 'Hi {tenant')).toMatch(/no message/)
  expect(speak('en', { en: { welcome: 'Hi from {tenant}!' } }).say('welcome', { tenant: 'Acme' })).toBe('Hi from Acme!')
  expect(speak('de', { en: { welcome: 'Hi' } }).say('welcome', { tenant: 'Acme' })).toMatch(/^Du bist/)
})
