export interface Cache<Value> {
  /**
   * Answers from memory where it can, at once, and asks once where several ask at once. A failure is not remembered.
   */
  get(key: string): Value | Promise<Value>
}

/** What is dear to look up is given for that long at most. */
const dearKeptForMs = 60_000

interface CacheOptions {
  /** How long a value is given, in milliseconds. */
  keptForMs: number
  entriesMax: number
  /** For how long after that a value is given once more, while it is asked for again; in milliseconds. */
  staleForMs?: number
  /** The part of the time that looking one value up may take: one that takes long again and again is given for longer. */
  shareMax?: number
}

interface Entry<Value> {
  value: Value
  /** When it was begun to be looked up: nothing later is known of it. */
  askedAtMs: number
  /** How long looking it up took. */
  tookMs: number
  /** How long it is given. */
  keptForMs: number
}

/**
 * Keeps what was looked up for a moment: no value is given once `keptForMs + staleForMs` have gone since it was asked for, but
 * for one that is dear to look up.
 */
export function createCache<Value>(
  { keptForMs, entriesMax, staleForMs = 0, shareMax = Infinity }: CacheOptions,
  lookUp: (key: string) => Promise<Value>,
): Cache<Value> {
  const entries = new Map<string, Entry<Value>>()
  /** Look-ups without an answer: who asks meanwhile waits for the same one. */
  const asking = new Map<string, Promise<Value>>()

  const keep = (key: string, value: Value, askedAtMs: number): void => {
    const tookMs = performance.now() - askedAtMs
    // The first look, or a busy moment, tells nothing of what the next ones cost.
    const costsMs = Math.min(tookMs, entries.get(key)?.tookMs ?? 0)
    const entry = {
      value,
      askedAtMs,
      tookMs,
      keptForMs: Math.max(keptForMs, Math.min(dearKeptForMs, costsMs / shareMax)),
    }
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
        keep(key, known, askedAtMs)
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
      if (known && ageMs < known.keptForMs) return known.value
      const answer = asking.get(key) ?? ask(key, nowMs)
      return known && ageMs < known.keptForMs + staleForMs ? known.value : answer
    },
  }
}
