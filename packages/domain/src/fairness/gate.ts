import { Refusal } from '../refusal.js'

/** Bounds how much work goes on at once, and lets owners take turns while more of it waits. */
export interface Gate {
  /** Does work of an owner when its turn comes. @throws `too_many_at_once` where too much of the owner's waits. */
  pass<Result>(owner: string, work: () => Promise<Result>): Promise<Result>
}

export interface GateBounds {
  /** How much goes on at a time: in all, and of one owner. */
  runningMax: number
  runningOfOwnerMax: number
  waitingOfOwnerMax: number
}

export function createGate({ runningMax, runningOfOwnerMax, waitingOfOwnerMax }: GateBounds): Gate {
  const running = new Map<string, number>()
  /** In the order of the owners' turns. */
  const waiting = new Map<string, (() => void)[]>()
  let runningInAll = 0

  const isFree = (owner: string): boolean => runningInAll < runningMax && (running.get(owner) ?? 0) < runningOfOwnerMax

  const enter = (owner: string): void => {
    runningInAll++
    running.set(owner, (running.get(owner) ?? 0) + 1)
  }

  const leave = (owner: string): void => {
    runningInAll--
    const left = (running.get(owner) ?? 1) - 1
    if (left === 0) running.delete(owner)
    else running.set(owner, left)
    letNextIn()
  }

  const letNextIn = (): void => {
    for (const [owner, line] of waiting) {
      if (!isFree(owner)) continue
      const [next, ...others] = line
      // At the end of the map: the others come first now.
      waiting.delete(owner)
      if (others.length > 0) waiting.set(owner, others)
      enter(owner)
      next?.()
      return
    }
  }

  return {
    async pass(owner, work) {
      if (isFree(owner)) enter(owner)
      else {
        const line = waiting.get(owner) ?? []
        if (line.length >= waitingOfOwnerMax) throw tooManyAtOnce('Too many of your requests wait for their turn.', 1)
        waiting.set(owner, line)
        await new Promise<void>((resolve) => line.push(resolve))
      }
      try {
        return await work()
      } finally {
        leave(owner)
      }
    },
  }
}

/** So much of the caller's goes on that this would wait too long. */
export function tooManyAtOnce(detail: string, retryAfterSeconds: number): Refusal {
  return new Refusal('too_many_at_once', detail, {
    retryAfterSeconds,
    extensions: { 'violated-policies': ['at-once'] },
  })
}
