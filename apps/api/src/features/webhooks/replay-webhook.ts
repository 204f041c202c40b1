import { idFloor, idTime, type InTransaction, replayWebhooks } from '@tellwire/db'
import type { TenantScope } from '@tellwire/domain'
import { ApiError, notFound } from '../../errors.js'
import { parseId } from '../../http/ids.js'
import { findWebhook } from './find-webhook.js'
import type { NewReplay } from './schemas.js'

const countMax = 100_000
const backMsMax = 30 * 86_400_000
/** Events that happened beside each other are out of order by so much at most. */
const disorderMs = 60_000

/** Sends events to a webhook once more: one, or those since a time. @throws `conflict` for one that is disabled. */
export async function replayWebhook(scope: InTransaction<TenantScope>, id: string, replay: NewReplay) {
  const { db, tenantId } = scope
  const { since, event_id: givenId, missing_only: isMissingOnly } = replay
  const { disabledAt } = await findWebhook(scope, id)
  if (disabledAt !== null) throw new ApiError('conflict', 'The webhook is disabled: let it go on first.')
  if ((since === undefined) === (givenId === undefined)) {
    throw new ApiError('invalid_request', 'Name either a time or an event.', {
      errors: [
        { pointer: '/since', code: 'wrong_form', detail: 'goes without event_id, and one of the two is needed' },
      ],
    })
  }
  const eventId = givenId === undefined ? undefined : parseId('evt', givenId)
  if (givenId !== undefined && eventId === undefined) throw notFound('event', '/event_id')
  const sinceMs = Math.max(Date.parse(since ?? ''), Date.now() - backMsMax)
  const fromId = eventId ?? idFloor(sinceMs)
  const what = { tenantId, endpointId: id, fromId, eventId, isMissingOnly, countMax: eventId ? 1 : countMax }
  const { count, searchedTo } = await replayWebhooks(db, what)
  if (eventId && count === 0 && !isMissingOnly) throw notFound('event', '/event_id')
  const hasMore = eventId === undefined && searchedTo !== undefined
  return {
    count,
    is_complete: !hasMore,
    next_since: hasMore ? new Date(idTime(searchedTo) - disorderMs).toISOString() : null,
  }
}
