import fc from 'fast-check'
import { expect, test } from 'vitest'
import { renderMarkdown } from '../markdown/render-markdown.js'
import { renderPreview } from './render-preview.js'

test('shows entities as elements, nested as they are', () => {
  expect(renderPreview(renderMarkdown('**a _b_** [c](https://d.e/?f=1&g="h")\n\n```ts\ni\n```'))).toBe(
    '<strong>a </strong><strong><em>b</em></strong> <a href="https://d.e/?f=1&amp;g=%22h%22" rel="noopener noreferrer nofollow" target="_blank">c</a><br><br><pre data-language="ts">i</pre>',
  )
})

test('lets nothing of the text be read as HTML', () => {
  expect(renderPreview(renderMarkdown('<script>alert(1)</script> [x](javascript:alert(1)) `"\'`'))).toBe(
    '&lt;script&gt;alert(1)&lt;/script&gt; [x](javascript:alert(1)) <code>&quot;&#39;</code>',
  )
})

test('has no elements but its own, whatever the source', () => {
  const own = /<\/?(?:strong|em|u|s|code|pre|blockquote|a|span|time|br)(?: [^<>]*)?>/g
  const pieces = fc.oneof(
    fc.constantFrom('<img src=x onerror=y>', '**', '"', '[a](', '> ', '`', '&lt;', '||'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
      expect(renderPreview(renderMarkdown(parts.join(''))).replace(own, '')).not.toMatch(/[<>]/)
    }),
  )
})
