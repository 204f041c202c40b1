import { createCipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { createSealer, lastingKeyOf, type SealedPlace } from './sealer.js'

const newKey = () => randomBytes(32).toString('base64')
const place: SealedPlace = { tenantId: 't', table: 'bots', row: '1', field: 'token' }

test('opens what it sealed', () => {
  const sealer = createSealer(newKey())

  expect(sealer.unseal(place, sealer.seal(place, 'a secret é'))).toBe('a secret é')
})

test.each([{ tenantId: 'u' }, { tenantId: null }, { table: 'b' }, { row: '2' }, { field: 'f' }])(
  'opens it in no other place: %j',
  (other) => {
    const sealer = createSealer(newKey())
    const sealed = sealer.seal(place, 'x')

    expect(() => sealer.unseal({ ...place, ...other }, sealed)).toThrow()
  },
)

test('does not open what another key sealed, nor what was changed in any byte', () => {
  const sealer = createSealer(newKey())
  const sealed = sealer.seal(place, 'x')

  expect(() => createSealer(newKey()).unseal(place, sealed)).toThrow('sealed with a key that is not here')
  for (let index = 0; index < sealed.length; index++) {
    const changed = Buffer.from(sealed)
    changed.writeUInt8(changed.readUInt8(index) ^ 1, index)
    expect(() => sealer.unseal(place, changed)).toThrow()
  }
})

test('seals with the first of several keys, and opens with all of them', () => {
  const [first, second] = [newKey(), newKey()]
  const sealer = createSealer(`${first},\n${second}\n`)
  const old = createSealer(second).seal(place, 'x')
  const sealed = sealer.seal(place, 'y')

  expect(sealer.unseal(place, old)).toBe('x')
  expect(createSealer(first).unseal(place, sealed)).toBe('y')
  expect(sealed.subarray(0, sealer.mark.length)).toEqual(sealer.mark)
  expect(old.subarray(0, sealer.mark.length)).not.toEqual(sealer.mark)
})

test('opens what was sealed before keys had ids, for what it was sealed then', () => {
  const key = randomBytes(32)
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(hkdfSync('sha256', key, '', 'tellwire seal', 32)), iv)
  const text = cipher.setAAD(Buffer.from('bot-token 1')).update('x')
  cipher.final()
  const sealed = Buffer.concat([Buffer.of(1), iv, cipher.getAuthTag(), text])
  const sealer = createSealer(`${newKey()},${key.toString('base64')}`)

  expect(sealer.unseal({ ...place, formerly: 'bot-token 1' }, sealed)).toBe('x')
  expect(() => sealer.unseal({ ...place, formerly: 'bot-token 2' }, sealed)).toThrow()
  expect(() => sealer.unseal(place, sealed)).toThrow()
})

test('derives the same secret from the same input, in the characters Telegram allows', () => {
  const key = newKey()

  expect(createSealer(key).derive('webhook', '1')).toBe(createSealer(key).derive('webhook', '1'))
  expect(createSealer(key).derive('webhook', '1')).not.toBe(createSealer(key).derive('webhook', '2'))
  expect(createSealer(key).derive('webhook', '1')).toMatch(/^[A-Za-z0-9_-]{43}$/)
})

test('what was derived and wrapped outlives its key, but for what others were told', () => {
  const [former, present] = [newKey(), newKey()]
  const before = createSealer(former)
  const derived = before.derive('button', '1')
  const wrapped = before.wrap('file', 'x')
  const after = createSealer(present, [lastingKeyOf(Buffer.from(former, 'base64'))])

  expect(after.derive('button', '1')).not.toBe(derived)
  expect(after.deriveAll('button', '1')).toEqual([after.derive('button', '1'), derived])
  expect(after.isDerived('button', '1', derived)).toBe(true)
  expect(after.isDerived('button', '1', derived.slice(0, 16), 16)).toBe(true)
  expect(after.isDerived('button', '1', derived.slice(0, 15), 16)).toBe(false)
  expect(after.isDerived('button', '1', '')).toBe(false)
  expect(after.isDerivedNow('button', '1', derived)).toBe(false)
  expect(createSealer(`${present},${former}`).isDerivedNow('button', '1', derived)).toBe(true)
  expect(after.unwrap('file', wrapped)).toBe('x')
  expect(() => after.unwrap('other', wrapped)).toThrow()
  expect(() => createSealer(present).unwrap('file', wrapped)).toThrow()
})

test.each(['', 'c2hvcnQ=', `${'A'.repeat(42)}=`, `${newKey()},short`])(
  'refuses %j as a key without showing it',
  (key) => {
    expect(() => createSealer(key)).toThrow(/^SECRET_KEY must be 32 bytes in base64, or several/)
  },
)
