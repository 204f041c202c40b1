import type { StoredEvent } from '@tellwire/db'
import { showId } from '../ids.js'
import { eventCatalogue, type EventIdKind } from './catalogue.js'
import { sequenceOf } from './cursor.js'

/** The version of the events' shapes. Fields may be added to it; what is there stays. */
export const eventApiVersion = '2026-11-29'

/** An event as a tenant sees it, in a list, in a stream and by webhook. */
export interface EventView {
  id: string
  type: string
  sequence: string
  created_at: string
  tenant_id: string
  api_version: string
  data: Record<string, unknown>
}

export function showEvent(event: StoredEvent): EventView {
  return {
    id: showId('evt', event.id),
    type: event.type,
    sequence: sequenceOf(event),
    created_at: event.createdAt.toISOString(),
    tenant_id: showId('ten', event.tenantId),
    api_version: eventApiVersion,
    data: showData(event),
  }
}

/** Ids are UUIDs where events are stored; the catalogue says of which kind each is. */
function showData({ type, data }: StoredEvent): Record<string, unknown> {
  // A type that this version does not know any more is shown as it was stored.
  const properties: Record<string, object> | undefined = Object.hasOwn(eventCatalogue, type)
    ? eventCatalogue[type].properties
    : undefined
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => {
      const kind = kindOf(properties?.[name])
      return [name, kind !== undefined && typeof value === 'string' ? showId(kind, value) : value]
    }),
  )
}

/** The kind of an id, which may also be null. */
function kindOf(schema: object | undefined): EventIdKind | undefined {
  const { 'x-id-kind': kind, anyOf = [] } = (schema ?? {}) as { 'x-id-kind'?: EventIdKind; anyOf?: object[] }
  return kind ?? anyOf.map((each) => kindOf(each)).find((each) => each !== undefined)
}
