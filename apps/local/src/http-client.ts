import { setTimeout as delay } from 'node:timers/promises'
import { StartError } from './start-error.js'

/** Calls our own services, as an app would. */
export interface HttpClient {
  call<T>(method: string, path: string, body?: unknown): Promise<T>
  /** @returns undefined where there is no such thing, or the key is none. @throws for any other answer that is no success. */
  find<T>(path: string): Promise<T | undefined>
}

/** A service that has just been started on a busy machine may have more to do than it can for so long. */
const busyTriesMax = 15

/** Asks again while the service says that it is busy. */
async function patiently(url: string, init: RequestInit & { signal: AbortSignal }): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(url, init)
    if (response.status !== 503 || tries === busyTriesMax) return response
    await response.body?.cancel()
    await delay(1_000, undefined, { signal: init.signal })
  }
}

/** @param signal ends calls that are under way, and lets no further one begin. */
export function createHttpClient(base: string, signal: AbortSignal, key?: string): HttpClient {
  return {
    async call<T>(method: string, path: string, body?: unknown): Promise<T> {
      const response = await patiently(base + path, {
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
      // It says what to mend, as to any other who asks.
      if (!response.ok)
        throw new StartError(`${method} ${path}: ${response.status} ${answer.detail ?? answer.error ?? ''}`)
      return answer
    },
    async find<T>(path: string) {
      const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
      const response = await patiently(base + path, { signal, headers })
      if (response.ok) return (await response.json()) as T
      await response.body?.cancel()
      if (response.status !== 404 && response.status !== 401) throw new Error(`GET ${path}: ${response.status}`)
      return undefined
    },
  }
}
