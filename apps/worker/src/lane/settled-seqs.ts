import type { SeenSeqs } from '@tellwire/db'

/**
 * Knows up to which number every row of the lanes is there or never will be. Numbers are drawn in order, and their rows
 * appear when their transactions commit: in any order.
 */
export interface SettledSeqs {
  /**
   * Takes in what a claim saw.
   * @param beganAtMs when the claim was sent.
   * @returns a number up to which no row came after what that claim saw; 0 while none is known.
   */
  record(seen: SeenSeqs, beganAtMs: number): bigint
}

/** Whoever has drawn a number at one mark has begun to write its row, and so has a transaction, by the next. */
const markEveryMs = 2_000
/** Longer than any transaction that writes to a lane: the roles that do have a time-out of a minute. */
const transactionMaxMs = 120_000

interface Mark {
  atMs: number
  /** Has been drawn by then. */
  seq: bigint
  /** The transaction that began next. */
  xmax: bigint
}

/** @param onPutBack is called where the database was put back to an older state: numbers are drawn a second time then. */
export function createSettledSeqs(onPutBack: () => void, now: () => number = () => performance.now()): SettledSeqs {
  let marks: Mark[] = []
  let highest = 0n

  const isSettled = (index: number, { xmin }: SeenSeqs, beganAtMs: number): boolean => {
    const [at, next] = [marks[index], marks[index + 1]]
    if (!at || !next) return false
    return xmin >= next.xmax || beganAtMs >= at.atMs + transactionMaxMs
  }

  return {
    record(seen, beganAtMs) {
      let last = marks.at(-1)
      if (last && beganAtMs >= last.atMs && seen.xmax < last.xmax) {
        marks = []
        last = undefined
        highest = 0n
        onPutBack()
      }
      if (seen.highest !== undefined && seen.highest > highest) highest = seen.highest
      if (!last || beganAtMs >= last.atMs + markEveryMs) marks.push({ atMs: now(), seq: highest, xmax: seen.xmax })
      const settled = marks.findLastIndex((_, index) => isSettled(index, seen, beganAtMs))
      if (settled < 0) return 0n
      marks = marks.slice(settled)
      return marks[0]?.seq ?? 0n
    },
  }
}
