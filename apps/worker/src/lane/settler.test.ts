import type { Pool } from '@tellwire/db'
import { createDeliveryMetrics, createLogger, Registry } from '@tellwire/observability'
import { eventually } from '@tellwire/testing'
import { expect, test } from 'vitest'
import { createSettler } from './settler.js'

const turn = { turnId: 'turn', isHeld: () => true }
const sent = { result: 'sent' as const, messageIds: [1, 2] }

/** Postgres, as far as settling sees it: answers with the ids that it took, or fails. */
function createSettling(fail: (ids: string[]) => { code: string } | undefined) {
  const written: string[] = []
  const engine = {
    query: async ({ values: [text = '{}'] }: { values: string[] }) => {
      const ids = text.slice(1, -1).split(',')
      const error = fail(ids)
      if (error) throw Object.assign(new Error('refused'), error)
      written.push(...ids)
      return { rows: ids.map((id) => [id, 'sent']), fields: [{ name: 'id' }, { name: 'result' }] }
    },
  } as unknown as Pool
  const settler = createSettler({
    engine,
    log: createLogger('test', 'silent'),
    metrics: createDeliveryMetrics(new Registry()),
  })
  const add = (...ids: string[]): void => ids.forEach((id) => settler.add(turn, { id, isGroup: false }, sent))
  return { settler, written, add }
}

test('what is known is written when Postgres is back, however long it was away', async () => {
  let isAway = true
  const { settler, written, add } = createSettling(() => (isAway ? { code: '57P01' } : undefined))
  add('a', 'b')
  // Nothing being written cannot be waited for: in this time it is tried twice.
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect(written).toEqual([])

  isAway = false
  await eventually(() => written.length === 2)
  await settler.drained('turn')
})

test('what is known of a delivery goes over to the turn that has claimed it since', async () => {
  let isAway = true
  let isHeld = true
  const { settler, written } = createSettling(() => (isAway ? { code: '57P01' } : undefined))
  settler.addSent({ turnId: 'late', isHeld: () => isHeld }, 'a', 1, 0)
  isHeld = false
  await settler.drained('late')

  expect(settler.takeOver(turn, 'b')).toBe(false)
  expect(settler.takeOver(turn, 'a')).toBe(true)
  isAway = false
  await settler.drained('turn')
  expect(written).toEqual(['a'])
})

test('what is taken over while it is being written for the turn before is written again', async () => {
  const statements: { turnIds: string; end: () => void }[] = []
  const engine = {
    query: ({ values: [, turnIds = ''] }: { values: string[] }) =>
      new Promise((resolve) => statements.push({ turnIds, end: () => resolve({ rows: [], fields: [] }) })),
  } as unknown as Pool
  const metrics = createDeliveryMetrics(new Registry())
  const settler = createSettler({ engine, log: createLogger('test', 'silent'), metrics })
  settler.addSent({ turnId: 'late', isHeld: () => false }, 'a', 1, 0)
  await eventually(() => statements.length === 1)

  expect(settler.takeOver(turn, 'a')).toBe(true)
  statements[0]?.end()
  await eventually(() => statements.length === 2)
  statements[1]?.end()
  await settler.drained('turn')
  expect(statements.map(({ turnIds }) => turnIds)).toEqual(['{late}', '{turn}'])
})

test('a row that Postgres does not take holds up no other', async () => {
  const { settler, written, add } = createSettling((ids) => (ids.includes('bad') ? { code: '22P05' } : undefined))
  add('a', 'b', 'bad', 'c', 'd')

  await settler.drained('turn')
  expect(written.toSorted()).toEqual(['a', 'b', 'c', 'd'])
})

test('tells that nothing more should be sent while too much waits', async () => {
  let isAway = true
  const { settler, add } = createSettling(() => (isAway ? { code: '57P01' } : undefined))
  expect(settler.isBehind()).toBe(false)

  add(...Array.from({ length: 6_100 }, (_, number) => String(number)))
  await eventually(() => settler.isBehind())
  isAway = false
  await settler.drained('turn')
  expect(settler.isBehind()).toBe(false)
})

test('nothing more is sent once something could not be written for two seconds', async () => {
  let isAway = true
  const { settler, written, add } = createSettling(() => (isAway ? { code: '57P01' } : undefined))
  add('a')
  expect(settler.isBehind()).toBe(false)

  await eventually(() => settler.isBehind())
  isAway = false
  await eventually(() => written.length === 1)

  expect(settler.isBehind()).toBe(false)
})
