/** Calls our own services, as an app would. */
export interface HttpClient {
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** @returns false where the answer is that there is no such thing. @throws for any other that is no success. */
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
    async exists(path) {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const { ok, status } = await fetch(base + path, { signal, headers })
      if (!ok && status !== 404) throw new Error(`GET ${path}: ${status}`)
      return ok
    },
  }
}
