import { expect, test } from 'vitest'
import { codePointLength, entitiesMax, messageLengthMax, renderText, splitMessage } from '@tellwire/format'
import { makeDocuments } from './documents.js'

const documents = makeDocuments(5)

test('there are more than two hundred documents', () => {
  expect(documents.length).toBeGreaterThan(200)
})

test.for(documents.map((document) => [document.kind, document] as const))(
  '%s: no word is lost',
  ([, { source, words }]) => {
    const parts = splitMessage(renderText(source, 'markdown'), messageLengthMax)
    const shown = parts.map(({ text }) => text).join('\n')

    for (const word of words) expect(shown).toContain(word)
    for (const { text, entities } of parts) {
      expect(codePointLength(text)).toBeLessThanOrEqual(messageLengthMax)
      expect(entities.length).toBeLessThanOrEqual(entitiesMax)
    }
  },
)
