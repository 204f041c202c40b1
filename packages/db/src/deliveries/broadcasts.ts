import type { Pool } from 'pg'
import { eventsOf, insertEvents } from '../events/insert-events.js'
import { defineStatement, probe, run } from '../sql.js'
import { endDeliveries } from './end-deliveries.js'
import { endingRow, isNotInFlight } from './in-flight.js'

export interface BroadcastKey {
  tenantId: string
  notificationId: string
}

export type BroadcastChange = 'pause' | 'resume' | 'cancel'

/**
 * The SQL of whether a broadcast that is looked up by its key still goes on. It says so in words that the index of all
 * open broadcasts does not know: the planner might go through that one instead of looking the key up.
 */
export const isOpen = 'is_completed IS NOT TRUE'

/** Held while a change is carried out, so that of two that follow each other the later one sees all rows of the earlier. */
const askedFor = (change: BroadcastChange): string => `asked_for AS MATERIALIZED (
  SELECT FROM broadcasts WHERE tenant_id = $1 AND notification_id = $2 AND change = '${change}' FOR UPDATE
)`

// What is resumed takes its place anew, as in `pauseDeliveries`.
const changeSlice = (change: 'pause' | 'resume'): string => `
WITH ${askedFor(change)},
slice AS MATERIALIZED (
  SELECT id FROM pending_deliveries
  WHERE notification_id = $2 AND is_counted AND is_paused = ${change === 'resume'} AND EXISTS (SELECT FROM asked_for)
  LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE pending_deliveries p SET is_paused = ${change === 'pause'}${change === 'resume' ? ', seq = DEFAULT' : ''}
FROM slice WHERE ${probe('p.id', 'slice.id')}
RETURNING p.bot_id, 'queued' AS status`

const changeStatements = {
  pause: defineStatement('pause-broadcast', changeSlice('pause')),
  resume: defineStatement('resume-broadcast', changeSlice('resume')),
  cancel: defineStatement(
    'cancel-broadcast',
    `
WITH ${askedFor('cancel')},
ended AS MATERIALIZED (
  SELECT p.bot_id, ${endingRow('cancelled')}
  FROM pending_deliveries p
  WHERE p.notification_id = $2 AND p.is_counted AND EXISTS (SELECT FROM asked_for) AND ${isNotInFlight}
  LIMIT $3 FOR UPDATE OF p SKIP LOCKED
),
${endDeliveries({ from: 'ended', leaves: ['lane'] })}
SELECT bot_id, status FROM ended`,
  ),
}

export interface ChangedSlice {
  changed: number
  botIds: string[]
  /** How many of a cancelled broadcast's deliveries may have been sent. */
  unknown: number
}

/** Does what was asked for to some of a broadcast's pending rows. */
export async function changeBroadcast(
  engine: Pool,
  { tenantId, notificationId, change }: BroadcastKey & { change: BroadcastChange },
  rowsMax: number,
): Promise<ChangedSlice> {
  const rows = await run<{ botId: string; status: string }>(engine, changeStatements[change], [
    tenantId,
    notificationId,
    rowsMax,
  ])
  return {
    changed: rows.length,
    botIds: [...new Set(rows.map(({ botId }) => botId))],
    unknown: rows.filter(({ status }) => status === 'unknown').length,
  }
}

const finishChange = (change: BroadcastChange, isLeft: string) =>
  defineStatement(
    `finish-broadcast-${change}`,
    `
UPDATE broadcasts b SET change = NULL
WHERE tenant_id = $1 AND notification_id = $2 AND change = '${change}'
  AND NOT EXISTS (
    SELECT FROM pending_deliveries p WHERE p.notification_id = b.notification_id AND p.is_counted AND ${isLeft}
  )`,
  )

const finishStatements = {
  pause: finishChange('pause', 'p.is_paused = false'),
  resume: finishChange('resume', 'p.is_paused = true'),
  cancel: finishChange('cancel', 'true'),
}

/** Forgets a change that is done for all rows. One that was asked for meanwhile stays. */
export async function finishBroadcastChange(
  engine: Pool,
  { tenantId, notificationId, change }: BroadcastKey & { change: BroadcastChange },
): Promise<void> {
  await run(engine, finishStatements[change], [tenantId, notificationId])
}

const complete = defineStatement(
  'complete-broadcast',
  `
WITH completed AS (
  UPDATE broadcasts b SET is_completed = true
  WHERE tenant_id = $1 AND notification_id = $2 AND is_expanded AND ${isOpen} AND change IS NULL
    AND NOT EXISTS (SELECT FROM pending_deliveries p WHERE p.notification_id = b.notification_id AND p.is_counted)
    -- A replay that was waited for has brought rows that this statement does not see: it has touched the broadcast, too.
    AND b.xmin = (SELECT s.xmin FROM broadcasts s WHERE s.tenant_id = $1 AND s.notification_id = $2)
  RETURNING tenant_id, notification_id
)
${insertEvents(eventsOf('broadcast.completed', { from: 'completed', data: { notification_id: 'notification_id' } }))}
RETURNING 1`,
)

/** Records that all of a broadcast's deliveries have ended, once. @returns whether it was recorded. */
export async function completeBroadcast(engine: Pool, { tenantId, notificationId }: BroadcastKey): Promise<boolean> {
  return (await run(engine, complete, [tenantId, notificationId])).length === 1
}

export interface OpenBroadcast extends BroadcastKey {
  isToTopic: boolean
  isExpanded: boolean
  isPaused: boolean
  change: BroadcastChange | null
}

const find = defineStatement(
  'find-broadcast',
  `
SELECT tenant_id, notification_id, topic_id IS NOT NULL AS is_to_topic, is_expanded, is_paused, change
FROM broadcasts
WHERE tenant_id = $1 AND notification_id = $2 AND ${isOpen}`,
)

export async function findBroadcast(engine: Pool, key: BroadcastKey): Promise<OpenBroadcast | undefined> {
  const [broadcast] = await run<OpenBroadcast>(engine, find, [key.tenantId, key.notificationId])
  return broadcast
}

const dueMax = 1_000
/** So many of each tenant's are found besides, where more are due than are found at once. */
const dueOfEachMax = 20

const hasSomethingToDo = `NOT b.is_completed AND b.starts_at <= now() AND CASE
    WHEN b.is_expanded THEN NOT EXISTS (
      SELECT FROM pending_deliveries p WHERE ${probe('p.notification_id', 'b.notification_id')} AND p.is_counted
    )
    ELSE NOT b.is_paused
  END`

const findDue = defineStatement(
  'find-due-broadcasts',
  `
(
  SELECT tenant_id, notification_id
  FROM broadcasts
  WHERE NOT is_completed AND change IN ('pause', 'resume', 'cancel')
  LIMIT ${dueMax}
)
UNION
(
  SELECT tenant_id, notification_id
  FROM broadcasts b
  WHERE ${hasSomethingToDo}
  ORDER BY starts_at LIMIT ${dueMax}
)`,
)

const findDueOfEach = defineStatement(
  'find-due-broadcasts-of-each',
  `
WITH RECURSIVE tenants AS (
  (SELECT b.tenant_id FROM broadcasts b WHERE NOT b.is_completed ORDER BY b.tenant_id LIMIT 1)
  UNION ALL
  SELECT (
    SELECT b.tenant_id FROM broadcasts b WHERE NOT b.is_completed AND b.tenant_id > t.tenant_id ORDER BY b.tenant_id LIMIT 1
  )
  FROM tenants t WHERE t.tenant_id IS NOT NULL
)
SELECT d.tenant_id, d.notification_id
FROM tenants t
CROSS JOIN LATERAL (
  SELECT b.tenant_id, b.notification_id
  FROM broadcasts b
  WHERE b.tenant_id = t.tenant_id AND ${hasSomethingToDo}
  ORDER BY b.starts_at LIMIT ${dueOfEachMax}
) d
WHERE t.tenant_id IS NOT NULL`,
)

/** Finds broadcasts with something to do: to expand, to change, or to complete. */
export async function findDueBroadcasts(engine: Pool): Promise<BroadcastKey[]> {
  const due = await run<BroadcastKey>(engine, findDue, [])
  if (due.length < dueMax) return due
  // They may all be one tenant's, that has accepted more than can be expanded for hours.
  const known = new Set(due.map(({ notificationId }) => notificationId))
  const ofEach = await run<BroadcastKey>(engine, findDueOfEach, [])
  return [...due, ...ofEach.filter(({ notificationId }) => !known.has(notificationId))]
}
