import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createCache } from './cache.js'

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
afterEach(() => void vi.useRealTimers())

const options = { keptForMs: 250, staleForMs: 500, entriesMax: 2 }

test('a value is given for a moment, and asked for once', async () => {
  const lookUp = vi.fn<(key: string) => Promise<string>>(async (key) => `${key}!`)
  const cache = createCache(options, lookUp)

  expect(await Promise.all([cache.get('a'), cache.get('a')])).toEqual(['a!', 'a!'])
  vi.advanceTimersByTime(249)

  expect(cache.get('a')).toBe('a!')
  expect(lookUp).toHaveBeenCalledTimes(1)
})

test('while it is looked up anew the last one is given, up to its end and no longer, whoever asks how often', async () => {
  let answer: (value: string) => void = () => undefined
  const lookUp = vi.fn<() => Promise<string>>(() => new Promise((resolve) => (answer = resolve)))
  const cache = createCache(options, lookUp)
  const first = cache.get('a')
  answer('let in')
  await first

  const given: unknown[] = []
  for (let atMs = 50; atMs <= 1_000; atMs += 50) {
    vi.advanceTimersByTime(50)
    given.push(cache.get('a'))
  }

  // At 750 ms and later there is no answer that may still be given.
  expect(given.filter((value) => value === 'let in')).toHaveLength(14)
  expect(lookUp).toHaveBeenCalledTimes(2)
  answer('revoked')
  expect(await given.at(-1)).toBe('revoked')
})

test('what is dear to look up again and again is given for longer', async () => {
  const lookUp = vi.fn<(key: string) => Promise<string>>(async (key) => {
    vi.advanceTimersByTime(100)
    return key
  })
  const cache = createCache({ ...options, staleForMs: 0, shareMax: 0.01 }, lookUp)
  const looksWithin = async (ms: number): Promise<number> => {
    const before = lookUp.mock.calls.length
    for (const end = performance.now() + ms; performance.now() < end; vi.advanceTimersByTime(10)) await cache.get('a')
    return lookUp.mock.calls.length - before
  }

  expect(await looksWithin(500)).toBe(2)
  expect(await looksWithin(9_000)).toBe(0)
  expect(await looksWithin(18_000)).toBe(2)
})

test('what is answered late counts from when it was asked for', async () => {
  let answer: (value: string) => void = () => undefined
  const lookUp = vi.fn<() => Promise<string>>(() => new Promise((resolve) => (answer = resolve)))
  const cache = createCache(options, lookUp)
  const first = cache.get('a')
  vi.advanceTimersByTime(800)
  answer('late')
  await first

  void cache.get('a')

  expect(lookUp).toHaveBeenCalledTimes(2)
})

test('a failure is not remembered, and neither is more than there is room for', async () => {
  let isDown = true
  const lookUp = vi.fn<(key: string) => Promise<string>>(async (key) => {
    if (isDown) throw new Error('away')
    return key
  })
  const cache = createCache(options, lookUp)

  await expect(cache.get('a')).rejects.toThrow('away')
  isDown = false
  for (const key of ['a', 'b', 'c']) expect(await cache.get(key)).toBe(key)
  expect(await cache.get('a')).toBe('a')

  expect(lookUp).toHaveBeenCalledTimes(5)
})
