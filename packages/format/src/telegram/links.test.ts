import { expect, test } from 'vitest'
import { checkLink } from './links.js'

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
