export interface Cache<Value> {
  /**
   * Answers from memory where it can, at once, and asks once where several ask at once. A failure is not remembered.
   */
  get(key: string): Value | Promise<Value>
}

interface CacheOptions {
  /** How long a value is given, in milliseconds. */
  keptForMs: number
  entriesMax: number
  /** For how long after that a value is given once more, while it is asked for again; in milliseconds. */
  staleForMs?: number
}

interface Entry<Value> {
  value: Value
  /** When it was begun to be looked up: nothing later is known of it. */
  askedAtMs: number
}

/** Keeps what was looked up for a moment: no value is given once `keptForMs + staleForMs` have gone since it was asked for. */
export function createCache<Value>(
  { keptForMs, entriesMax, staleForMs = 0 }: CacheOptions,
  lookUp: (key: string) => Promise<Value>,
): Cache<Value> {
  const entries = new Map<string, Entry<Value>>()
  /** Look-ups without an answer: who asks meanwhile waits for the same one. */
  const asking = new Map<string, Promise<Value>>()

  const keep = (key: string, entry: Entry<Value>): void => {
    const [oldest] = entries.keys()
    if (entries.size >= entriesMax && oldest !== undefined) entries.delete(oldest)
    entries.delete(key)
    entries.set(key, entry)
  }

  const ask = (key: string, askedAtMs: number): Promise<Value> => {
    const value = lookUp(key)
    asking.set(key, value)
    value.then(
      (known) => {
        asking.delete(key)
        keep(key, { value: known, askedAtMs })
      },
      () => {
        asking.delete(key)
        entries.delete(key)
      },
    )
    return value
  }

  return {
    get(key) {
      const known = entries.get(key)
      const nowMs = performance.now()
      const ageMs = known ? nowMs - known.askedAtMs : Infinity
      if (known && ageMs < keptForMs) return known.value
      const answer = asking.get(key) ?? ask(key, nowMs)
      return known && ageMs < keptForMs + staleForMs ? known.value : answer
    },
  }
}
