import { uuidv7 } from 'uuidv7'

/** The UUID that no row has; it orders before all others. */
export const nilUuid = '00000000-0000-0000-0000-000000000000'

/** A new UUIDv7: time-ordered, and increasing within this process. */
export function newId(): string {
  return uuidv7()
}

/** The smallest UUIDv7 of a moment, for searches by time. */
export function idFloor(epochMs: number): string {
  const hex = Math.max(0, Math.floor(epochMs)).toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`
}

/** When a UUIDv7 was made, in milliseconds since the epoch. */
export function idTime(id: string): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)
}

/** The smallest UUIDv7 that is so many milliseconds later than another. */
export function idAfter(id: string, millis: number): string {
  return idFloor(idTime(id) + millis)
}
