import { readEvents } from '@tellwire/db'
import { makeEventCursor, showEvent, type TenantScope } from '@tellwire/domain'
import type { Needs } from '../../context.js'
import { readPlace } from '../../events/read-place.js'
import type { EventListQuery } from './schemas.js'
import { hears, readWantedTypes } from './wanted-types.js'

/**
 * Lists events after a place, in the order of all readers. Nothing is ever passed over: what is written by a transaction that is
 * still open comes after what was answered.
 */
export async function listEvents(
  scope: TenantScope & Needs<'engine' | 'listening'>,
  { after = 'start', type, limit }: EventListQuery,
) {
  const { engine, tenantId } = scope
  const { epoch, position } = await readPlace(scope, after, '/after')
  const types = readWantedTypes(type)
  if (hears(types)) scope.listening.note(tenantId)
  const page = await readEvents(engine, { tenantId, after: position, types: types?.patterns, limit })
  return {
    data: page.events.map(showEvent),
    next_cursor: makeEventCursor(epoch, tenantId, page.position),
    has_more: !page.isComplete,
  }
}
