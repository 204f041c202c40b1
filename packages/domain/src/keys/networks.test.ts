import { expect, test } from 'vitest'
import { isInNetworks, isNetwork, isWithin } from './networks.js'

test.each(['203.0.113.0/24', '203.0.113.7', '2001:db8::/32', '::1', '0.0.0.0/0'])('%s is a network', (text) => {
  expect(isNetwork(text)).toBe(true)
})

test.each(['', 'example.com', '203.0.113.0/33', '203.0.113.0/', '300.1.1.1', '203.0.113.0/24/8', '2001:db8::/129'])(
  '%s is none',
  (text) => {
    expect(isNetwork(text)).toBe(false)
  },
)

test('an address lies in a network, however it is written', () => {
  const networks = ['203.0.113.0/24', '2001:db8::/32']

  expect(isInNetworks('203.0.113.9', networks)).toBe(true)
  expect(isInNetworks('::ffff:203.0.113.9', networks)).toBe(true)
  expect(isInNetworks('2001:db8:1::1', networks)).toBe(true)
  expect(isInNetworks('203.0.114.9', networks)).toBe(false)
  expect(isInNetworks('2001:db9::1', networks)).toBe(false)
  expect(isInNetworks('nonsense', networks)).toBe(false)
})

test('a network lies in one that is as large or larger', () => {
  expect(isWithin('10.1.0.0/16', ['10.0.0.0/8'])).toBe(true)
  expect(isWithin('10.0.0.0/8', ['10.0.0.0/8'])).toBe(true)
  expect(isWithin('10.0.0.0/7', ['10.0.0.0/8'])).toBe(false)
  expect(isWithin('::/0', ['0.0.0.0/0'])).toBe(false)
})
