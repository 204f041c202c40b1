import type { StoredEdit } from './deliveries/queue-edits.js'
import type { Failure } from './deliveries/delivery-states.js'
import type { Prisma } from './generated/client.js'

/** Reads a word of a column that has a check for its words. */
export function readWord<const Words extends readonly string[]>(words: Words, stored: string): Words[number] {
  const word = words.find((each) => each === stored)
  if (word === undefined) throw new Error(`a column holds ${stored}, which is none of its words`)
  return word
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Reads a JSON column that holds an object; an empty one where there is none. */
export function readObject(stored: unknown): Record<string, unknown> {
  return isRecord(stored) ? stored : {}
}

/** Makes the value of a JSON column of an object that is made of JSON. */
export function toJsonColumn(value: object): Prisma.InputJsonObject {
  return value
}

/** Reads why a delivery failed, as the statements of deliveries write it. */
export function readFailure(stored: unknown): Failure | null {
  return stored as Failure | null
}

/** Reads what became of the parts of a message, as settling writes it. */
export function readParts(stored: unknown): { status: 'sent' | 'unknown'; telegram_message_ids: number[] }[] {
  return (stored ?? []) as ReturnType<typeof readParts>
}

/** Reads what was last asked for of a message that was sent, as the statements of deliveries write it. */
export function readEdit(stored: unknown): StoredEdit | null {
  return stored as StoredEdit | null
}
