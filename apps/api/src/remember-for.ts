const entriesMax = 10_000

/** Answers a look-up from memory for a moment, and asks once where several ask at once. A failure is not remembered. */
export function rememberFor<Value>(
  keptForMs: number,
  lookUp: (key: string) => Promise<Value>,
): (key: string) => Promise<Value> {
  const entries = new Map<string, { value: Promise<Value>; untilMs: number }>()
  return (key) => {
    const nowMs = performance.now()
    const known = entries.get(key)
    if (known && nowMs < known.untilMs) return known.value
    if (entries.size >= entriesMax) entries.clear()
    const value = lookUp(key)
    entries.set(key, { value, untilMs: nowMs + keptForMs })
    value.catch(() => entries.delete(key))
    return value
  }
}
