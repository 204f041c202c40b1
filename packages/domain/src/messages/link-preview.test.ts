import { renderText } from '@tellwire/format'
import { expect, test } from 'vitest'
import { choosePreview } from './link-preview.js'

test.for([
  ['no address', 'All is well.', undefined],
  ['a link alone', 'See https://example.com/a.', undefined],
  ['a name that is none', 'Read README.md, then run backup.sh', { is_disabled: true }],
  ['a name before a link', 'README.md is at [home](https://example.com/r)', { url: 'https://example.com/r' }],
  ['a name after a link', 'https://example.com/r has README.md', undefined],
  ['a name in code', 'Run `backup.sh`', undefined],
  ['a link in code', 'main.rs: `curl https://example.com/`', { is_disabled: true }],
  ['an address without a scheme', 'notes.md, see www.example.com/x.', { url: 'http://www.example.com/x' }],
] as const)('%s', ([, source, chosen]) => {
  expect(choosePreview(renderText(source, 'markdown'))).toEqual(chosen)
})
