import fc from 'fast-check'
import MarkdownIt from 'markdown-it'
import { expect, test } from 'vitest'
import { checkLink, isPlainAddress } from './links.js'

test.each([
  ['a.b', 'http://a.b/'],
  ['HTTPS://A.B?x#y', 'https://a.b/?x#y'],
  ['http://ä.b/ö x\n', 'http://ä.b/ö%20x'],
  ['u:p@a.b:0080/c', 'http://u:p@a.b:80/c'],
  ['http://[::1]/', 'http://[::1]/'],
  ['tg:resolve?domain=x', 'tg://resolve?domain=x'],
  ['ton://a-b', 'ton://a-b/'],
  ['tonsite://a.b/c', 'tonsite://a.b/c'],
  ['mailto:a@b.c', 'http://mailto:a@b.c/'],
])('normalises %s', (link, normal) => {
  expect(checkLink(link)).toEqual({ url: normal })
})

test.each([
  ['localhost', 'Wrong HTTP URL'],
  ['ftp://a.b', 'Unsupported URL protocol'],
  ['http://', 'URL host is empty'],
  ['http://a b.c', 'Disallowed character in URL host'],
  ['http://a%2.b', 'Wrong percent-encoded symbol in URL host'],
  ['http://a.b:0', 'Wrong port number specified in the URL'],
  ['http://[x]/', 'Wrong IPv6 address specified in the URL'],
  ['tg://a.b', 'Unallowed characters in URL host'],
  ['tg://https://a.b', 'Wrong tg URL'],
])('refuses %s', (link, reason) => {
  expect(checkLink(link)).toEqual({ refusal: reason })
})

const plain = fc
  .tuple(
    fc.constantFrom('http://', 'https://'),
    fc.stringMatching(/^(?:[a-z0-9-]{1,4}\.){1,2}[a-z0-9-]{1,4}$/),
    fc.stringMatching(/^(?:\/[\w\-./?=&#~+]{0,12})?$/),
  )
  .map((parts) => parts.join(''))

test('a plain address is what it is for Telegram and in Markdown', () => {
  const parser = new MarkdownIt()
  fc.assert(
    fc.property(plain, (address) => {
      expect(isPlainAddress(address)).toBe(true)
      expect(checkLink(address)).toEqual({ url: expect.stringContaining(address) })
      expect(parser.normalizeLink(address)).toBe(address)
    }),
    { numRuns: Number(process.env['PROPERTY_STEPS'] ?? 10_000) / 10 },
  )
})
