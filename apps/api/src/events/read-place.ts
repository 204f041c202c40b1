import { type EventPosition, firstPosition, readEventEpoch, readEventGate, type Transaction } from '@tellwire/db'
import { readEventCursor } from '@tellwire/domain'
import { ApiError } from '../errors.js'

/** The epoch of the events' order, and the place in it that was asked for. @throws `cursor_stale` */
export async function readPlace(
  { db, tenantId }: { db: Transaction; tenantId: string },
  after: string,
  pointer: string,
): Promise<{ epoch: string; position: EventPosition }> {
  const epoch = await readEventEpoch(db)
  if (after === 'start') return { epoch, position: firstPosition }
  if (after === 'now') return { epoch, position: (await readEventGate(db)).position }
  const position = readEventCursor(epoch, tenantId, after)
  if (position === 'stale') {
    throw new ApiError('cursor_stale', 'The events were restored from a dump since: begin anew with "start" or "now".')
  }
  if (position === undefined) {
    throw new ApiError('invalid_request', 'The cursor is none of your events.', {
      errors: [{ pointer, code: 'invalid_cursor', detail: 'is not "start", "now" or the next_cursor of an answer' }],
    })
  }
  return { epoch, position }
}
