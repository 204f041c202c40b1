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
  if (!Object.hasOwn(eventCatalogue, type)) return showFields({}, data)
  // The types of the schemas do not say the keyword of ids.
  return showFields(eventCatalogue[type] as object, data)
}

/** As much of a schema as says where ids are. */
interface Shape {
  'x-id-kind'?: EventIdKind
  anyOf?: Shape[]
  items?: Shape
  properties?: Record<string, Shape>
}

function showFields({ properties = {} }: Shape, fields: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, showValue(properties[name] ?? {}, value)]),
  )
}

function showValue({ 'x-id-kind': kind, anyOf = [], items, ...shape }: Shape, value: unknown): unknown {
  if (typeof value === 'string') {
    const idKind = kind ?? anyOf.find((each) => each['x-id-kind'] !== undefined)?.['x-id-kind']
    return idKind === undefined ? value : showId(idKind, value)
  }
  if (Array.isArray(value)) return value.map((each) => showValue(items ?? {}, each))
  return shape.properties && typeof value === 'object' && value !== null ? showFields(shape, value) : value
}
