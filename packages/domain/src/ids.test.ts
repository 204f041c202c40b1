import { newId } from '@tellwire/db'
import { TypeID } from 'typeid-js'
import { expect, test } from 'vitest'
import { parseId, showId } from './ids.js'

const uuids = [
  '00000000-0000-0000-0000-000000000000',
  'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ...Array.from({ length: 1_000 }, () => newId()),
]

test('shows UUIDs as TypeIDs, and reads them back', () => {
  for (const uuid of uuids) {
    expect(showId('ntf', uuid)).toBe(TypeID.fromUUID('ntf', uuid).toString())
    expect(parseId('ntf', showId('ntf', uuid))).toBe(uuid)
  }
})

test.each([
  'ntf_',
  'dlv_01kaj2n5q8e3xv4m6t9r0wzysd',
  'ntf_81kaj2n5q8e3xv4m6t9r0wzysd',
  'ntf_01kaj2n5q8e3xv4m6t9r0wzysi',
  '',
])('%j is none of a notification', (id) => {
  expect(parseId('ntf', id)).toBeUndefined()
})
