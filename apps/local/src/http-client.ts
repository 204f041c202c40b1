/** Calls our own services, as an app would. */
export interface HttpClient {
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  exists(path: string): Promise<boolean>
}

/** @param signal ends calls that are under way, and lets no further one begin. */
export function createHttpClient(base: string, signal: AbortSignal, key?: string): HttpClient {
  return {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await fetch(base + path, {
        method,
        signal,
        headers: {
          ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const text = await response.text()
      const answer = JSON.parse(text === '' ? '{}' : text) as T & { detail?: string; error?: string }
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.detail ?? answer.error ?? ''}`)
      return answer
    },
    exists: async (path) =>
      (await fetch(base + path, { signal, headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })).ok,
  }
}
