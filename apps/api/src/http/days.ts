import Type from 'typebox'
import { ApiError } from '../errors.js'

export const dayMs = 86_400_000

/** A day of UTC, as it is given and shown. */
export const Day = (description: string) =>
  Type.String({
    pattern: '^\\d{4}-\\d{2}-\\d{2}$',
    'x-form': 'must be a day, such as 2026-11-28',
    description,
    examples: ['2026-11-28'],
  })

/** @returns when the day begins; undefined where none is given. @throws `invalid_request` for one that does not exist. */
export function readDay(field: string, given: string | undefined): Date | undefined {
  if (given === undefined) return undefined
  const day = new Date(`${given}T00:00:00Z`)
  // 31 February is no day.
  if (Number.isNaN(day.getTime()) || showDay(day) !== given) throw refusedDay(field, 'is no day')
  return day
}

export function showDay(day: Date): string {
  return day.toISOString().slice(0, 10)
}

export function refusedDay(field: string, detail: string): ApiError {
  return new ApiError('invalid_request', 'A day is wrong.', {
    errors: [{ pointer: `/${field}`, code: 'wrong_form', detail }],
  })
}
