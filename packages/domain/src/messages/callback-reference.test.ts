import { expect, test } from 'vitest'
import { createSealer } from '../secrets/sealer.js'
import { isSignatureOf, makeCallbackData, readCallbackData } from './callback-reference.js'

const sealer = createSealer(Buffer.alloc(32, 1).toString('base64'))
const deliveryId = '0190a7d2-1111-7abc-8def-0123456789ab'

test('fits what Telegram keeps, whatever the value, and is found again', () => {
  const button = { index: 299, action: 'mute', value: { note: 'x'.repeat(4_000) } }
  const data = makeCallbackData(sealer, deliveryId, button)
  const read = readCallbackData(data)

  expect(Buffer.byteLength(data)).toBeLessThanOrEqual(64)
  expect(read).toMatchObject({ deliveryId, index: 299 })
  expect(read && isSignatureOf(sealer, read, button)).toBe(true)
})

test('holds for this button only', () => {
  const read = readCallbackData(makeCallbackData(sealer, deliveryId, { index: 0, action: 'buy', value: 1 }))
  if (!read) throw new Error('it is not read')

  expect(isSignatureOf(sealer, read, { action: 'buy', value: 2 })).toBe(false)
  expect(isSignatureOf(sealer, read, { action: 'sell', value: 1 })).toBe(false)
  expect(isSignatureOf(sealer, { ...read, index: 1 }, { action: 'buy', value: 1 })).toBe(false)
})

test.each(['', 'yes', 'tw1.x.0.y', 'tw1.AZCn0hERerz973ASNFZ4kK.0.short'])('is not found in %j', (data) => {
  expect(readCallbackData(data)).toBeUndefined()
})
