import type { Pool } from 'pg'
import {
  comparePositions,
  type EventPosition,
  followsPosition,
  type PageSummary,
  positionAfter,
  scanPage,
  selectPage,
  type StoredEvent,
  valuesOfPosition,
} from '../events/read-events.js'
import { defineStatement, probe, run } from '../sql.js'
import type { DueWebhook } from './find-due.js'
import { isTaken } from './is-taken.js'
import { isWanted } from './is-wanted.js'

const readNew = defineStatement(
  'read-new-webhooks',
  `
WITH ${scanPage(followsPosition, '$4')}
${selectPage(
  'e',
  `scanned e
CROSS JOIN LATERAL (
  SELECT array_agg(w.id::text) AS endpoint_ids
  FROM webhook_endpoints w
  LEFT JOIN LATERAL (${isTaken('e.tenant_id', 'w.id', 'e.id')}) taken ON true
  LEFT JOIN LATERAL (
    SELECT true AS is_there FROM webhook_deliveries d
    WHERE d.tenant_id = e.tenant_id AND d.endpoint_id = w.id AND d.event_id = e.id LIMIT 1
  ) stored ON true
  WHERE ${probe('w.tenant_id', 'e.tenant_id')} AND w.disabled_at IS NULL AND ${isWanted}
    AND taken.is_there IS NULL AND stored.is_there IS NULL
) wanted
WHERE wanted.endpoint_ids IS NOT NULL`,
  'wanted.endpoint_ids',
)}`,
)

/** An event that nothing has been sent of to an endpoint. */
export interface NewWebhook extends DueWebhook {
  id: undefined
}

/** A stretch of the log, as webhooks see it. */
export interface NewWebhooks {
  /** In the order of the events. */
  webhooks: NewWebhook[]
  /** Events that were read, whether an endpoint wants them or not. */
  scanned: number
  /** Where to go on. */
  position: EventPosition
  /** Whether the position is ahead of everything: it is of another database, of which this one is an older copy. */
  isAhead: boolean
}

type Row = PageSummary & StoredEvent & { endpointIds: string[] | null }

/**
 * Reads the events after a position, of all tenants, with the endpoints that want them. What was read before from the same
 * position, and has been taken since or is stored, is left out.
 * @param countMax how many events to read.
 */
export async function readNewWebhooks(
  engine: Pool,
  { after, countMax }: { after: EventPosition; countMax: number },
): Promise<NewWebhooks> {
  const events: { event: StoredEvent; endpointIds: string[] }[] = []
  let summary: PageSummary | undefined
  for (const row of await run<Row>(engine, readNew, [...valuesOfPosition(after), countMax])) {
    if (row.endpointIds === null) summary = row
    else events.push({ event: eventOf(row), endpointIds: row.endpointIds })
  }
  events.sort((one, other) => comparePositions(one.event, other.event))
  return {
    webhooks: events.flatMap(({ event, endpointIds }) =>
      endpointIds.map((endpointId) => ({ id: undefined, endpointId, eventId: event.id, attempts: 0, event })),
    ),
    scanned: summary?.scanned ?? 0,
    position: summary ? positionAfter(summary, after, countMax) : after,
    isAhead: BigInt(summary?.gate ?? after.xid) < BigInt(after.xid),
  }
}

function eventOf({ xid, id, tenantId, type, data, createdAt }: StoredEvent): StoredEvent {
  return { xid, id, tenantId, type, data, createdAt }
}
