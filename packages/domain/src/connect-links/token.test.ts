import { describe, expect, test } from 'vitest'
import { maskAccountLabel } from './mask-account-label.js'
import { codeOfToken, generateConnectToken, readCode, showCode } from './token.js'

describe('a code', () => {
  test('follows from its token, and is read as it is shown', () => {
    for (let count = 0; count < 200; count++) {
      const token = generateConnectToken()
      const code = codeOfToken(token)
      expect(code).toMatch(/^[2-9BCDFGHJKMNPQRSTVWXZ]{8}$/)
      expect(codeOfToken(token)).toBe(code)
      expect(readCode(showCode(code))).toBe(code)
    }
  })

  test.each([
    'BCDF2345',
    'bcdf-2345',
    ' BC DF 23 45\n',
    'B C D F 2 3 4 5',
    'BCDF–2345',
    'BCDF—2345',
    'BCDF\u00A02345',
    'BCDF\u200B2345',
    'ＢＣＤＦ２３４５',
    'BCDF٢٣٤٥',
    'bcdf۲۳۴۵',
    'BCDF२३४५',
    'BCDF.2345',
  ])('is read from %j', (text) => {
    expect(readCode(text)).toBe('BCDF2345')
  })

  test.each([
    '',
    'BCDF234',
    'BCDF23456',
    'BCDF0345',
    'thursday',
    'backdoor',
    'BCDF 2345 please',
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
