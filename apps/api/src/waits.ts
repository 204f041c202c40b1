/**
 * Waiting for objects to change. However many callers wait, one reader looks at all objects that somebody waits for, with
 * one statement at a time: often, and at once for an object of which somebody tells that it has changed.
 */
export interface Waits {
  /**
   * Waits until an object is done, the time is over or the caller is gone.
   * @returns false, at once, where the owner, the object or the process has as many waits as it may.
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
const waitsMax = { ofObject: 16, ofOwner: 64, inAll: 5_000 }

interface Watched {
  object: WaitedFor
  listeners: Set<() => void>
}

export function createWaits(findDone: FindDone, onError: (error: unknown) => void): Waits {
  const watched = new Map<string, Watched>()
  const byOwner = new Map<string, number>()
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
    byOwner.set(owner, (byOwner.get(owner) ?? 0) + 1)
    count++
    if (timer === undefined && !isReading) timer = setTimeout(() => void read(), intervalMs)
  }

  const remove = ({ id }: WaitedFor, owner: string, listener: () => void): void => {
    const entry = watched.get(id)
    entry?.listeners.delete(listener)
    if (entry?.listeners.size === 0) watched.delete(id)
    const left = (byOwner.get(owner) ?? 1) - 1
    if (left === 0) byOwner.delete(owner)
    else byOwner.set(owner, left)
    count--
  }

  const isFull = (id: string, owner: string): boolean =>
    count >= waitsMax.inAll ||
    (byOwner.get(owner) ?? 0) >= waitsMax.ofOwner ||
    (watched.get(id)?.listeners.size ?? 0) >= waitsMax.ofObject

  return {
    async until(object, { owner, seconds, signal }) {
      if (isFull(object.id, owner)) return false
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
