import type { StoredEvent } from '@tellwire/db'
import { showId } from '../ids.js'
import { eventCatalogue, type EventIdKind } from './catalogue.js'
import { rememberLast } from './remember-last.js'
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

/** Many events that are shown one after the other are of one tenant. */
const showTenantId = rememberLast((tenantId) => showId('ten', tenantId))

export function showEvent(event: StoredEvent): EventView {
  return {
    id: showId('evt', event.id),
    type: event.type,
    sequence: sequenceOf(event),
    created_at: event.createdAt.toISOString(),
    tenant_id: showTenantId(event.tenantId),
    api_version: eventApiVersion,
    data: showData(event),
  }
}

/** An event as Standard Webhooks wants it: with its time under another name. */
export interface WebhookMessage extends Omit<EventView, 'created_at'> {
  timestamp: string
}

/** The body of the requests that carry an event to webhooks. */
export function showWebhookMessage(event: StoredEvent): WebhookMessage {
  const { id, type, sequence, created_at: timestamp, tenant_id, api_version, data } = showEvent(event)
  return { id, timestamp, type, sequence, tenant_id, api_version, data }
}

/** Ids are UUIDs where events are stored; the catalogue says of which kind each is. */
function showData({ type, data }: StoredEvent): Record<string, unknown> {
  // A type that this version does not know any more is shown as it was stored.
  return showOfType.get(type)?.(data) ?? data
}

/** As much of a schema as says where ids are. */
interface Shape {
  'x-id-kind'?: EventIdKind
  anyOf?: Shape[]
  items?: Shape
  properties?: Record<string, Shape>
}

type Show<Value> = (value: Value) => Value

/** How the data of each type is shown. It is made once, since schemas are slow to read. */
const showOfType = new Map(
  // The types of the schemas do not say the keyword of ids.
  Object.entries<object>(eventCatalogue).map(([type, schema]) => [type, showFieldsOf(schema)]),
)

function showFieldsOf({ properties = {} }: Shape): Show<Record<string, unknown>> {
  const shows = Object.entries(properties).flatMap(([name, shape]) => {
    const show = showOf(shape)
    return show ? [{ name, show }] : []
  })
  return (fields) => {
    const shown = { ...fields }
    for (const { name, show } of shows) if (Object.hasOwn(fields, name)) shown[name] = show(fields[name])
    return shown
  }
}

/** @returns undefined where values are shown as they are stored. */
function showOf({ 'x-id-kind': kind, anyOf = [], items, properties }: Shape): Show<unknown> | undefined {
  const idKind = kind ?? anyOf.find((each) => each['x-id-kind'] !== undefined)?.['x-id-kind']
  if (idKind) return (value) => (typeof value === 'string' ? showId(idKind, value) : value)
  const showItem = items && showOf(items)
  if (showItem) return (value) => (Array.isArray(value) ? value.map(showItem) : value)
  const showFields = properties && showFieldsOf({ properties })
  return showFields && ((value) => (isObject(value) ? showFields(value) : value))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
