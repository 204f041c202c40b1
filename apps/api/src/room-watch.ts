import { isDatabaseFull } from '@tellwire/db'

/**
 * Remembers that the database had no room left: it answers questions all the same, and only who writes is told. Of a
 * disk that has room again nobody is told either, so that it is forgotten after a while.
 */
export interface RoomWatch {
  /** An error that a request ended with. */
  note(error: unknown): void
  isFull(): boolean
}

const rememberedForMs = 15_000

/** @param nowMs a clock that only goes forward, in milliseconds. */
export function createRoomWatch(nowMs: () => number = () => performance.now()): RoomWatch {
  let fullAtMs = -Infinity
  return {
    note(error) {
      if (isDatabaseFull(error)) fullAtMs = nowMs()
    },
    isFull: () => nowMs() - fullAtMs < rememberedForMs,
  }
}
