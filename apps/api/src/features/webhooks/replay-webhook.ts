import { type EventPosition, idAfter, idFloor, type InTransaction, replayWebhooks } from '@tellwire/db'
import { makeEventCursor, type TenantScope } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { readPlace } from '../../events/read-place.js'
import { findWebhook } from './find-webhook.js'
import type { NewReplay } from './schemas.js'

const countMax = 100_000
const backMsMax = 30 * 86_400_000
const hourMs = 3_600_000

/** Sends events to a webhook once more: one, or those since a time. @throws `conflict` for one that is disabled. */
export async function replayWebhook(scope: InTransaction<TenantScope>, id: string, replay: NewReplay) {
  const { db, tenantId } = scope
  const { disabledAt, types } = await findWebhook(scope, id)
  if (disabledAt !== null) throw new ApiError('conflict', 'The webhook is disabled: let it go on first.')
  const { epoch, eventId, fromId, after } = await readMeant(scope, replay)
  const { missing_only: isMissingOnly } = replay
  const { count, next } = await replayWebhooks(db, {
    tenantId,
    endpointId: id,
    fromId,
    eventId,
    after,
    isMissingOnly,
    isSelective: isMissingOnly || types.length > 0,
    countMax: eventId ? 1 : countMax,
  })
  if (eventId && count === 0 && !isMissingOnly) throw notFound('event', '/event_id')
  const rest = eventId === undefined ? next : undefined
  return {
    count,
    is_complete: rest === undefined,
    next_cursor: rest === undefined ? null : makeEventCursor(epoch, tenantId, rest),
  }
}

interface Meant {
  epoch: string
  eventId: string | undefined
  /** The smallest id of the events that are meant. */
  fromId: string
  after: EventPosition | undefined
}

async function readMeant(
  scope: InTransaction<TenantScope>,
  { since, event_id: givenId, cursor }: NewReplay,
): Promise<Meant> {
  if ([since, givenId, cursor].filter((each) => each !== undefined).length !== 1) {
    throw new ApiError('invalid_request', 'Name a time, an event or a cursor.', {
      errors: [
        {
          pointer: '/since',
          code: 'wrong_form',
          detail: 'goes without event_id and cursor, and one of them is needed',
        },
      ],
    })
  }
  const { epoch, position } = await readPlace(scope, cursor ?? 'start', '/cursor')
  const oldest = idFloor(Date.now() - backMsMax)
  if (cursor !== undefined) {
    // What is out of order is out by less.
    const fromId = idAfter(position.id, -hourMs)
    return { epoch, eventId: undefined, fromId: fromId > oldest ? fromId : oldest, after: position }
  }
  const eventId = givenId === undefined ? undefined : parseId('evt', givenId)
  if (givenId !== undefined && eventId === undefined) throw notFound('event', '/event_id')
  const sinceMs = Math.max(Date.parse(since ?? ''), Date.now() - backMsMax)
  return { epoch, eventId, fromId: eventId ?? idFloor(sinceMs), after: undefined }
}
