/**
 * Waiting for objects to change. However many callers wait, one reader looks at all objects that somebody waits for, with
 * one statement at a time: often, and at once for an object of which somebody tells that it has changed.
 */
export interface Waits {
  /**
   * Waits until an object is done, the time is over or the caller is gone.
   * @returns false, at once, where the owner, the tenant, the object or the process has as many waits as it may.
   */
  until(object: WaitedFor, caller: Waiter): Promise<boolean>
  /** Looks at an object now, if somebody waits for it. */
  lookAt(id: string): void
  /** Ends all waits. */
  close(): void
}

export interface WaitedFor {
  tenantId: string
  id: string
}

export interface Waiter {
  /** Whose waits are counted together: a key, or an address. */
  owner: string
  seconds: number
  signal: AbortSignal
}

/** Tells which of the objects need not be waited for any more. */
export type FindDone = (objects: readonly WaitedFor[]) => Promise<readonly string[]>

const intervalMs = 250
const waitsMax = { ofObject: 16, ofOwner: 64, ofTenant: 500, inAll: 5_000 }

interface Watched {
  object: WaitedFor
  listeners: Set<() => void>
}

/** @param ofTenant how many a tenant may have at once. */
export function createWaits(
  findDone: FindDone,
  onError: (error: unknown) => void,
  ofTenant = waitsMax.ofTenant,
): Waits {
  const watched = new Map<string, Watched>()
  const byOwner = new Map<string, number>()
  const byTenant = new Map<string, number>()
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let isReading = false
  let isAskedAgain = false

  const read = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (isReading) {
      isAskedAgain = true
      return
    }
    isReading = true
    isAskedAgain = false
    try {
      const done = await findDone([...watched.values()].map(({ object }) => object))
      for (const id of done) for (const listener of watched.get(id)?.listeners ?? []) listener()
    } catch (error) {
      // Whoever waits goes on waiting, and is told at the end of the time what can be read then.
      onError(error)
    }
    isReading = false
    if (watched.size > 0) timer = setTimeout(() => void read(), isAskedAgain ? 0 : intervalMs)
  }

  const add = (object: WaitedFor, owner: string, listener: () => void): void => {
    const entry = watched.get(object.id) ?? { object, listeners: new Set() }
    watched.set(object.id, entry)
    entry.listeners.add(listener)
    change(byOwner, owner, 1)
    change(byTenant, object.tenantId, 1)
    count++
    if (timer === undefined && !isReading) timer = setTimeout(() => void read(), intervalMs)
  }

  const remove = ({ id, tenantId }: WaitedFor, owner: string, listener: () => void): void => {
    const entry = watched.get(id)
    entry?.listeners.delete(listener)
    if (entry?.listeners.size === 0) watched.delete(id)
    change(byOwner, owner, -1)
    change(byTenant, tenantId, -1)
    count--
  }

  const isFull = ({ id, tenantId }: WaitedFor, owner: string): boolean =>
    count >= waitsMax.inAll ||
    (byOwner.get(owner) ?? 0) >= waitsMax.ofOwner ||
    (byTenant.get(tenantId) ?? 0) >= ofTenant ||
    (watched.get(id)?.listeners.size ?? 0) >= waitsMax.ofObject

  return {
    async until(object, { owner, seconds, signal }) {
      if (isFull(object, owner)) return false
      if (seconds === 0 || signal.aborted) return true
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timeout)
          signal.removeEventListener('abort', end)
          remove(object, owner, end)
          resolve()
        }
        const timeout = setTimeout(end, seconds * 1_000)
        signal.addEventListener('abort', end)
        add(object, owner, end)
      })
      return true
    },
    lookAt(id) {
      if (watched.has(id)) void read()
    },
    close() {
      clearTimeout(timer)
      for (const { listeners } of watched.values()) for (const listener of listeners) listener()
    },
  }
}

function change(counts: Map<string, number>, of: string, by: number): void {
  const count = (counts.get(of) ?? 0) + by
  if (count === 0) counts.delete(of)
  else counts.set(of, count)
}
