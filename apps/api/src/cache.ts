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
  value: Value | Promise<Value>
  untilMs: number
}

/** Keeps what was looked up for a moment. */
export function createCache<Value>(
  { keptForMs, entriesMax, staleForMs = 0 }: CacheOptions,
  lookUp: (key: string) => Promise<Value>,
): Cache<Value> {
  const entries = new Map<string, Entry<Value>>()

  const keep = (key: string, value: Promise<Value>): void => {
    const [oldest] = entries.keys()
    if (entries.size >= entriesMax && oldest !== undefined) entries.delete(oldest)
    entries.delete(key)
    const entry: Entry<Value> = { value, untilMs: performance.now() + keptForMs }
    entries.set(key, entry)
    value.then(
      (known) => (entry.value = known),
      () => undefined,
    )
  }

  const ask = (key: string): Promise<Value> => {
    const value = lookUp(key)
    value.catch(() => entries.delete(key))
    return value
  }

  return {
    get(key) {
      const known = entries.get(key)
      const nowMs = performance.now()
      if (known && nowMs < known.untilMs) return known.value
      if (known && nowMs < known.untilMs + staleForMs) {
        // Until the answer, which replaces it, nobody else asks.
        known.untilMs = nowMs + staleForMs
        const renewed = ask(key)
        renewed.then(() => keep(key, renewed)).catch(() => undefined)
        return known.value
      }
      const value = ask(key)
      keep(key, value)
      return value
    },
  }
}
