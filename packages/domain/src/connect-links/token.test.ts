import { describe, expect, test } from 'vitest'
import { maskAccountLabel } from './mask-account-label.js'
import { codeOfToken, generateConnectToken, readCode, showCode } from './token.js'

describe('a code', () => {
  test('follows from its token, and is read as it is shown', () => {
    for (let count = 0; count < 200; count++) {
      const token = generateConnectToken()
      const code = codeOfToken(token)
      expect(code).toMatch(/^[2-9CDFHJKMNPQRTVWX]{8}$/)
      expect(codeOfToken(token)).toBe(code)
      expect(readCode(showCode(code))).toBe(code)
    }
  })

  test.each([
    'CDFH2345',
    'cdfh-2345',
    ' CD FH 23 45\n',
    'C D F H 2 3 4 5',
    'CDFH–2345',
    'CDFH—2345',
    'CDFH\u00A02345',
    'CDFH\u200B2345',
    'ＣＤＦＨ２３４５',
    'CDFH٢٣٤٥',
    'cdfh۲۳۴۵',
    'CDFH२३४५',
    'CDFH.2345',
    'CDFHZ34S',
  ])('is read from %j', (text) => {
    expect(readCode(text)).toBe('CDFH2345')
  })

  test.each([
    '',
    'CDFH234',
    'CDFH23456',
    'CDFH0345',
    'thursday',
    'backdoor',
    'CDFH 2345 please',
    '/start',
    'x'.repeat(99),
  ])('is not read from %j', (text) => {
    expect(readCode(text)).toBeUndefined()
  })
})

test.each([
  ['anna@example.com', 'a•••@example.com'],
  ['+49 170 1234567', '•••67'],
  ['Anna Schmidt', 'Anna Schmidt'],
  [' Konto 7 ', 'Konto 7'],
  ['1234', '1234'],
])('the label %j is shown as %j', (label, shown) => {
  expect(maskAccountLabel(label)).toBe(shown)
})
