import { expect, test } from 'vitest'
import { renderText } from './render-text.js'
import { spellOutLinks } from './spell-out-links.js'

test.for([
  ['[run 7](https://ci.example/7) failed', 'run 7 (https://ci.example/7) failed'],
  ['**[a](https://a.b/1)** and [b](https://a.b/2)', 'a (https://a.b/1) and b (https://a.b/2)'],
  ['[a.b/1](https://a.b/1)', 'a.b/1'],
  ['no link', 'no link'],
] as const)('%s', ([source, readable]) => {
  expect(spellOutLinks(renderText(source, 'markdown'))).toBe(readable)
})
