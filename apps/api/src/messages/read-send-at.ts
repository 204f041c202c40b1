import { refusal } from '../errors.js'

/** How far ahead of now something can be scheduled, in milliseconds. */
export const aheadMaxMs = 366 * 24 * 3_600_000

/** Reads when something is to leave; undefined for now. @throws `time_out_of_range` */
export function readSendAt(text: string | undefined): Date | undefined {
  if (text === undefined) return undefined
  const sendAt = new Date(text)
  if (sendAt.getTime() > Date.now() + aheadMaxMs) {
    throw refusal('time_out_of_range', 'A notification can be scheduled up to a year ahead.', {
      pointer: '/send_at',
      detail: 'is more than a year ahead',
    })
  }
  return sendAt.getTime() > Date.now() ? sendAt : undefined
}
