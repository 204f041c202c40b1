import type { Handlers } from './listen.js'

/** Makes one of several handlers: each event goes to all that are for it, one after the other. */
export function combine(...several: readonly Handlers[]): Handlers {
  const combined: Record<string, (event: never) => Promise<void>> = {}
  for (const name of new Set(several.flatMap((handlers) => Object.keys(handlers)))) {
    combined[name] = async (event) => {
      for (const handlers of several) await (handlers as typeof combined)[name]?.(event)
    }
  }
  return combined
}
