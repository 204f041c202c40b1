/**
 * Deliveries that were in flight when a worker died: one of them may be what it died of.
 *
 * They are handled apart, so that a process that dies again has only a few under suspicion, and then one by one: before
 * one is handled a strike is written down, and taken back when it is settled. One with two strikes was claimed three
 * times and has ended a process twice, the second time alone; it is set aside. Whoever was only beside it loses nothing.
 */
import { setTimeout as delay } from 'node:timers/promises'

/** So many strikes set a delivery aside. */
export const strikesMax = 2

export interface Suspect {
  id: string
  strikes: number
}

export interface Suspects {
  /**
   * Waits until a suspect may be handled, and strikes it. Those without a strike are handled some at a time, those with
   * one alone, and after them.
   * @param isWanted whether it is still to be handled when it is let in: what is not is not struck either.
   * @returns false where it was not struck, so that it is not to be handled.
   */
  enter(suspect: Suspect, isWanted: () => boolean): Promise<boolean>
  /** Lets the next one in. */
  leave(id: string): void
}

/** How many are handled at a time that were in flight once. */
const togetherMax = 64
/** Everything else goes first: a process that dies of a suspect has sent it by then. */
export const suspectDelayMs = 500
/** A suspect whose call takes so long holds up no other any more. */
const heldForMs = 5_000

interface Waiting {
  suspect: Suspect
  isWanted: () => boolean
  enter: (isStruck: boolean) => void
}

export function createSuspects(strike: (ids: readonly string[]) => Promise<void>): Suspects {
  const together: Waiting[] = []
  const alone: Waiting[] = []
  const inside = new Set<string>()
  let isOneAlone = false

  const letIn = (): void => {
    while (!isOneAlone && inside.size < togetherMax) {
      const next = takeWanted(together)
      if (!next) break
      start(next)
    }
    if (inside.size > 0 || together.length > 0) return
    const next = takeWanted(alone)
    isOneAlone = next !== undefined
    if (next) start(next)
  }

  const takeWanted = (line: Waiting[]): Waiting | undefined => {
    for (let next = line.shift(); next; next = line.shift()) {
      if (next.isWanted()) return next
      next.enter(false)
    }
    return undefined
  }

  const start = (waiting: Waiting): void => {
    const { id } = waiting.suspect
    inside.add(id)
    void delay(heldForMs, undefined, { ref: false }).then(() => leave(id))
    strike([id]).then(
      () => waiting.enter(true),
      () => {
        waiting.enter(false)
        leave(id)
      },
    )
  }

  const leave = (id: string): void => {
    if (!inside.delete(id)) return
    if (inside.size === 0) isOneAlone = false
    letIn()
  }

  return {
    enter: (suspect, isWanted) =>
      new Promise((resolve) => {
        const line = suspect.strikes === 0 ? together : alone
        line.push({ suspect, isWanted, enter: resolve })
        letIn()
      }),
    leave,
  }
}
