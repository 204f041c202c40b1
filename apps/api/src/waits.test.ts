import { eventually } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { createWaits, type WaitedFor } from './waits.js'

/** Objects that are done once they are named, and how often they were looked at. */
function createObjects() {
  const done = new Set<string>()
  const looks: number[] = []
  const waits = createWaits(
    async (objects: readonly WaitedFor[]) => {
      looks.push(objects.length)
      return objects.map(({ id }) => id).filter((id) => done.has(id))
    },
    () => undefined,
  )
  return { done, looks, waits }
}

const waiter = (owner: string, seconds = 60) => ({ owner, seconds, signal: new AbortController().signal })

test('one reader looks for all who wait, and tells those whose object is done', async () => {
  const { done, looks, waits } = createObjects()
  const ended: string[] = []
  for (const id of ['a', 'b']) {
    for (const owner of ['x', 'y', 'z'])
      void waits.until({ tenantId: 't', id }, waiter(owner)).then(() => ended.push(id))
  }

  await eventually(() => looks.length >= 2)
  done.add('a')
  await eventually(() => ended.length === 3)

  expect(ended).toEqual(['a', 'a', 'a'])
  expect(looks.every((count) => count <= 2)).toBe(true)
  waits.close()
  await eventually(() => ended.length === 6)
})

test('looks at once where it is told to', async () => {
  const { done, waits } = createObjects()
  const waited = waits.until({ tenantId: 't', id: 'a' }, waiter('x'))
  done.add('a')
  waits.lookAt('a')

  expect(await waited).toBe(true)
})

test('a tenant with many keys has no more waits than its part', async () => {
  const { waits } = createObjects()
  const until = (tenantId: string, index: number) =>
    waits.until({ tenantId, id: `${tenantId}${index}` }, waiter(`${tenantId}${index}`))
  const all = Array.from({ length: 500 }, (_, index) => until('many', index))

  expect(await until('many', 500)).toBe(false)
  all.push(until('another', 0))
  waits.close()
  expect((await Promise.all(all)).every(Boolean)).toBe(true)
})

test('nobody has more waits than may be, and ended ones do not count', async () => {
  const { waits } = createObjects()
  const all = Array.from({ length: 64 }, (_, index) => waits.until({ tenantId: 't', id: `o${index}` }, waiter('x')))

  expect(await waits.until({ tenantId: 't', id: 'other' }, waiter('x'))).toBe(false)
  waits.close()
  expect(await Promise.all(all)).toEqual(Array.from({ length: 64 }, () => true))
  expect(await waits.until({ tenantId: 't', id: 'other' }, waiter('x', 0))).toBe(true)
})

test('ends when the time is over, and when the caller is gone', async () => {
  const { waits } = createObjects()
  const caller = new AbortController()
  const gone = waits.until({ tenantId: 't', id: 'a' }, { owner: 'x', seconds: 60, signal: caller.signal })
  caller.abort()

  expect(await gone).toBe(true)
  expect(await waits.until({ tenantId: 't', id: 'a' }, waiter('x', 0.01))).toBe(true)
})
