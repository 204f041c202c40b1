import type { Pool } from 'pg'
import { idAfter, nilUuid } from '../ids.js'
import { defineStatement, type Executor, run, runForOne } from '../sql.js'
import type { EventType } from './event-data.js'

/**
 * A place in the order of events. Transactions commit in any order, so that neither ids nor times are an order in which nothing
 * comes later before what was read. Events are read by their transaction's number, and only of transactions that began before
 * every one that is still open: whatever commits later has a higher place.
 */
export interface EventPosition {
  /** The transaction's number, in decimal digits. */
  xid: string
  id: string
}

export interface StoredEvent extends EventPosition {
  tenantId: string
  type: EventType
  data: Record<string, unknown>
  createdAt: Date
}

/** Before all events. */
export const firstPosition: EventPosition = { xid: '0', id: nilUuid }

/** A transaction ends in less: so much may an event's id be older than that of another of an earlier transaction. */
const transactionMs = 3_600_000

/** Transactions that ran beside each other are out of order by so much, hardly ever by more. */
export const disorder = "interval '1 minute'"

/** The SQL of the id that no event after a position is older than, and of one that none is as new as. */
const earliestId = (id: string): string =>
  `CASE WHEN ${id} = '${nilUuid}' THEN ${id} ELSE uuid_v7_after(${id}, -${transactionMs}) END`
const ceiling = "uuid_v7_floor(now() + interval '1 day')"

/** The transaction below which everything has committed, and two ids: none of its events is older, or as new. */
export const gate = `gate AS MATERIALIZED (
  SELECT pg_snapshot_xmin(pg_current_snapshot()) AS xmin,
    uuid_v7_floor(now() - make_interval(secs => ${transactionMs / 1_000})) AS floor, ${ceiling} AS ceiling
)`

/** The columns of a place that is stored, to be read in a CTE: its own and the `earliest` id that `follows` asks for. */
export const placeColumns = `xid, id, ${earliestId('id')} AS earliest`

/** The same id of a position that is known here. */
function earliestAfter({ id }: EventPosition): string {
  return id === nilUuid ? id : idAfter(id, -transactionMs)
}

/**
 * The SQL of whether an event of any tenant follows a place and can be read already; `g` is the gate. The ids between which it
 * is, from `earliest` to below `end`, leave out all weeks but one or two. No index knows them: each row is held against them.
 */
export const follows = (xid: string, id: string, earliest: string, end: string): string =>
  `e.xid >= ${xid} AND (e.xid, e.id) > (${xid}, ${id}) AND e.xid < g.xmin AND e.id >= ${earliest} AND e.id < ${end}`

/** Of `$1` to `$3`, whose values are these. */
export const followsPosition = follows('$1::xid8', '$2::uuid', '$3::uuid', ceiling)
export const valuesOfPosition = (after: EventPosition): string[] => [after.xid, after.id, earliestAfter(after)]

export const eventColumns = 'e.xid, e.id, e.tenant_id, e.type, e.data, e.created_at'

/** The CTEs of a page: `scanned` has the first so many events for which the condition holds. */
export const scanPage = (condition: string, limit: string): string => `${gate},
scanned AS MATERIALIZED (
  SELECT ${eventColumns}
  FROM events e, gate g
  WHERE ${condition}
  ORDER BY e.xid, e.id LIMIT ${limit}
),
last_scanned AS (
  SELECT xid, id FROM scanned ORDER BY xid DESC, id DESC LIMIT 1
)`

/**
 * The SELECT of a page's rows and, after them, of its `PageSummary`.
 * @param row the name of an event in `from`. @param more the SQL of one more column of the events.
 */
export const selectPage = (row: string, from: string, more?: string): string => `
SELECT ${row}.xid::text, ${row}.id::text, ${row}.tenant_id::text, ${row}.type, ${row}.data, ${row}.created_at,
  ${more === undefined ? '' : `${more}, `}NULL::text AS gate, NULL::text AS floor, NULL::int AS scanned
FROM ${from}
UNION ALL
SELECT l.xid::text, l.id::text, NULL, NULL, NULL, NULL, ${more === undefined ? '' : 'NULL, '}g.xmin::text, g.floor::text, (SELECT count(*)::int FROM scanned)
FROM gate g
LEFT JOIN last_scanned l ON true`

const ofTenant = defineStatement(
  'read-events-of-tenant',
  `
WITH ${scanPage(
    `e.tenant_id = $1::uuid AND (e.xid, e.id) > ($2::xid8, $3::uuid) AND e.xid < g.xmin
    AND e.id >= ${earliestId('$3::uuid')} AND e.id < ${ceiling}`,
    '$4',
  )},
fitting AS (
  SELECT * FROM scanned WHERE $5::text[] IS NULL OR type LIKE ANY ($5::text[]) ORDER BY xid, id LIMIT $6
)
${selectPage('f', 'fitting f')}`,
)

/** Events that were looked through for one answer, where few of them fit. */
const scannedMax = 5_000

export interface EventPage {
  events: StoredEvent[]
  /** Where to go on: after the last of them, or after all that were looked at. */
  position: EventPosition
  /** Whether everything was read that could be. */
  isComplete: boolean
}

/** The row of a page that is no event: the gate, what was looked through, and the position of the last of that. */
export interface PageSummary extends EventPosition {
  gate: string | null
  floor: string | null
  scanned: number | null
}

type Row = PageSummary & StoredEvent

/**
 * Reads a tenant's events after a position, in the order that all readers see.
 * @param types patterns of SQL's LIKE; undefined for all.
 */
export async function readEvents(
  on: Executor,
  {
    tenantId,
    after,
    types,
    limit,
  }: { tenantId: string; after: EventPosition; types?: string[] | undefined; limit: number },
): Promise<EventPage> {
  const scanMax = types === undefined ? limit : scannedMax
  const rows = await run<Row>(on, ofTenant, [tenantId, after.xid, after.id, scanMax, types ?? null, limit])
  const events = rows.filter(({ type }) => type !== null).toSorted(comparePositions)
  const summary = rows.find(({ gate: xmin }) => xmin !== null)
  const last = events.at(-1)
  if (events.length === limit && last) return { events, position: positionOf(last), isComplete: false }
  const isComplete = (summary?.scanned ?? 0) < scanMax
  if (!isComplete && summary) return { events, position: positionOf(summary), isComplete }
  return { events, position: summary ? gatePosition(summary, after) : after, isComplete }
}

export function positionOf({ xid, id }: EventPosition): EventPosition {
  return { xid, id }
}

/** @returns a number below 0 where the first comes first, as `sort` wants it. */
export function comparePositions(one: EventPosition, other: EventPosition): number {
  // Of two numbers the longer one is the higher.
  if (one.xid.length !== other.xid.length) return one.xid.length - other.xid.length
  if (one.xid !== other.xid) return one.xid < other.xid ? -1 : 1
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0
}

/** Where to go on after a page of so many events: after its last one, or, where it was not full, at the gate. */
export function positionAfter(summary: PageSummary, after: EventPosition, countMax: number): EventPosition {
  return (summary.scanned ?? 0) < countMax ? gatePosition(summary, after) : positionOf(summary)
}

/** Before the first event that is not below the gate. Never before where a reader is already. */
function gatePosition({ gate: xid, floor: id }: PageSummary, after: EventPosition): EventPosition {
  if (xid === null || id === null) return after
  const position = { xid, id }
  return comparePositions(position, after) > 0 ? position : after
}

const currentGate = defineStatement(
  'read-event-gate',
  `WITH ${gate} SELECT g.xmin::text, g.floor::text, pg_snapshot_xmax(pg_current_snapshot())::text AS xmax FROM gate g`,
)

/** Tells up to where events can be read now, and the number that the next transaction gets. */
export async function readEventGate(on: Executor): Promise<{ position: EventPosition; nextXid: bigint; xmin: bigint }> {
  const { xmin, floor, xmax } = await runForOne<{ xmin: string; floor: string; xmax: string }>(on, currentGate, [])
  return { position: { xid: xmin, id: floor }, nextXid: BigInt(xmax), xmin: BigInt(xmin) }
}

const ofMany = defineStatement(
  'read-new-events',
  `
WITH ${scanPage(followsPosition, '$4')}
${selectPage('s', 'scanned s WHERE s.tenant_id = ANY ($5::uuid[])')}`,
)

/**
 * Reads what is new of some tenants, for whoever has followed all events until a moment ago. It costs what is new, however many
 * tenants there are.
 */
export async function readNewEvents(
  engine: Pool,
  { after, tenantIds, countMax }: { after: EventPosition; tenantIds: readonly string[]; countMax: number },
): Promise<EventPage> {
  const rows = await run<Row>(engine, ofMany, [...valuesOfPosition(after), countMax, tenantIds])
  const events = rows.filter(({ type }) => type !== null).toSorted(comparePositions)
  const summary = rows.find(({ gate: xmin }) => xmin !== null)
  if (!summary) return { events, position: after, isComplete: false }
  return { events, position: positionAfter(summary, after, countMax), isComplete: (summary.scanned ?? 0) < countMax }
}
