import { expect, test } from 'vitest'
import { createAddressRules } from './address-rules.js'

const rules = createAddressRules()

test.each([
  'https://example.com/a?b=c#d',
  'http://example.com:8080/',
  'https://xn--mnchen-3ya.de/',
  'https://münchen.de/',
  'https://8.8.8.8/',
  'https://[2606:4700::1111]/',
  'HTTPS://EXAMPLE.COM',
])('takes %s', (address) => expect(rules.findFault(address)).toBeUndefined())

test.each([
  'file:///etc/passwd',
  'ftp://example.com/',
  'javascript:alert(1)',
  'https:example.com',
  'https://user:secret@example.com/',
  'https://user@example.com/',
  'https://exa\nmple.com/',
  'https://example.com/a\tb',
  ' https://example.com/a',
  'https://example.com/\u0000',
  'http://localhost/',
  'http://localhost./',
  'http://a.localhost/',
  'http://db/',
  'http://printer.local/',
  'http://metadata.google.internal/',
  'http://127.0.0.1/',
  'http://127.1/',
  'http://2130706433/',
  'http://0x7f.0.0.1/',
  'http://0/',
  'http://169.254.169.254/latest/meta-data',
  'http://168.63.129.16/',
  'https://192.88.99.1/',
  'https://[2001::1]/',
  'https://[fec0::1]/',
  'https://[::ffff:0:127.0.0.1]/',
  'https://[5f00::1]/',
  'http://10.1.2.3/',
  'http://172.31.0.1/',
  'http://192.168.0.1/',
  'http://100.64.0.1/',
  'http://224.0.0.1/',
  'http://[::1]/',
  'http://[::]/',
  'http://[::ffff:127.0.0.1]/',
  'http://[::ffff:a00:1]/',
  'http://[::127.0.0.1]/',
  'http://[fd00::1]/',
  'http://[fe80::1]/',
  'http://[64:ff9b::7f00:1]/',
  'http://１２７.０.０.１/',
  '//example.com/',
  '',
])('refuses %j', (address) => expect(rules.findFault(address)).toBeDefined())

test('private hosts may be allowed by name and by network', () => {
  const local = createAddressRules(['localhost', '10.0.0.0/8', 'wiki.internal'])

  for (const address of [
    'http://localhost:3000/',
    'http://127.0.0.1/',
    'http://[::1]/',
    'http://10.9.9.9/',
    'http://wiki.internal/',
  ])
    expect(local.findFault(address)).toBeUndefined()
  for (const address of ['http://169.254.169.254/', 'http://192.168.0.1/', 'http://other.internal/'])
    expect(local.findFault(address)).toBeDefined()
})
