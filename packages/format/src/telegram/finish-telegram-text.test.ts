import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Entity } from '../formatted-text.js'
import { finishTelegramText } from './finish-telegram-text.js'

const of = (type: Entity['type'], offset: number, length: number, more: Partial<Entity> = {}): Entity => ({
  type,
  offset,
  length,
  ...more,
})

test('cuts a style where another begins', () => {
  expect(finishTelegramText({ text: 'a b c', entities: [of('bold', 0, 5), of('italic', 2, 1)] }).entities).toEqual([
    of('bold', 0, 2),
    of('bold', 2, 3),
    of('italic', 2, 1),
  ])
})

test('takes styles out of code', () => {
  expect(finishTelegramText({ text: 'axb', entities: [of('bold', 0, 3), of('code', 1, 1)] }).entities).toEqual([
    of('bold', 0, 1),
    of('code', 1, 1),
    of('bold', 2, 1),
  ])
})

test('joins styles of one kind that touch', () => {
  expect(finishTelegramText({ text: 'abcd', entities: [of('bold', 0, 2), of('bold', 2, 2)] }).entities).toEqual([
    of('bold', 0, 4),
  ])
})

test('keeps the first of two links that overlap, and none that crosses a quote', () => {
  const link = (offset: number, length: number) => of('text_link', offset, length, { url: 'http://a.b/' })
  expect(
    finishTelegramText({ text: 'abcdefgh', entities: [link(0, 3), link(2, 2), of('blockquote', 5, 2), link(6, 2)] })
      .entities,
  ).toEqual([link(0, 3), of('blockquote', 5, 2)])
})

test('takes control characters out and moves the entities', () => {
  expect(finishTelegramText({ text: 'a\tb\r\nc\u202ed', entities: [of('bold', 4, 4)] })).toEqual({
    text: 'a b\ncd',
    entities: [of('bold', 3, 3)],
  })
})

test('trims the end always, the beginning up to the first entity', () => {
  expect(finishTelegramText({ text: '  a  ', entities: [] }).text).toBe('a')
  expect(finishTelegramText({ text: '  a  ', entities: [of('bold', 1, 4)] })).toEqual({
    text: ' a',
    entities: [of('bold', 0, 2)],
  })
})

test.each(['', ' \n\t', '\u200b\u2060'.slice(0, 1), '\u3000\u00a0', '\u{e0001}'])('refuses %j as empty', (text) => {
  expect(() => finishTelegramText({ text, entities: [] })).toThrow('Text must be non-empty')
})

test('refuses entities outside of the text and in the middle of a character', () => {
  expect(() => finishTelegramText({ text: 'ab', entities: [of('bold', 1, 2)] })).toThrow(
    'Entity beginning at UTF-16 offset 1 ends after the end of the text at UTF-16 offset 3',
  )
  expect(() => finishTelegramText({ text: 'a👍', entities: [of('bold', 2, 1)] })).toThrow(
    'Entity begins in a middle of a UTF-16 symbol at byte offset 5',
  )
})

test('what it made once, it makes no different a second time, and nothing in it crosses', () => {
  const entity = fc.record({
    type: fc.constantFrom<Entity['type']>('bold', 'italic', 'spoiler', 'code', 'pre', 'blockquote', 'text_link'),
    offset: fc.nat(12),
    length: fc.integer({ min: 1, max: 8 }),
  })
  fc.assert(
    fc.property(fc.array(entity, { maxLength: 8 }), (entities) => {
      const given = entities.map((item) => (item.type === 'text_link' ? { ...item, url: 'http://a.b/' } : item))
      const once = finishTelegramText({ text: 'a\rb c\r\nd ef \r ghijkl mno', entities: given })
      expect(finishTelegramText(once)).toEqual(once)
      for (const a of once.entities) {
        for (const b of once.entities) {
          expect(
            a.offset < b.offset && b.offset < a.offset + a.length && a.offset + a.length < b.offset + b.length,
          ).toBe(false)
        }
      }
    }),
    { numRuns: 2_000 },
  )
})
