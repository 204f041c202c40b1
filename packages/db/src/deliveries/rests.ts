import type { Pool } from 'pg'
import { nilUuid } from '../ids.js'
import { defineStatement, probe, run } from '../sql.js'

// A head that is not due for long rests: it is not in the index of its lane, whose looks for what is due cost nothing for
// it. What waits behind it in its chat comes to the front by that, is not due either, and rests as well when it is seen.

/** What is due within this stays in the index: more than that would not be there again in time. */
const restMin = "interval '5 seconds'"
/** So many heads of one look begin to rest. */
const restingMax = 1_000

/** The SQL of the tenant by which the indexes of the lanes know the pending row `p`: the nil UUID for what is of none. */
export const tenantInLane = `coalesce(p.tenant_id, '${nilUuid}'::uuid)`
/** The SQL of whether it is in the index of its lane. */
export const isOffered = '(NOT p.is_paused AND p.rests_until IS NULL)'
/** The same, of a row that was found by its id: in words that no index of the lanes knows, none of which is read for it then. */
const isOfferedById = '(p.is_paused IS NOT TRUE AND p.rests_until IS NULL)'
/** The SQL of whether it rests. */
export const isResting = '(NOT p.is_paused AND p.rests_until IS NOT NULL)'

/**
 * The SQL that a look for rows `p` of a chat, or of a whole bot, says as well: of those that wait in a lane, rest or are paused. Its
 * index is one that no scan of a lane knows of, whatever the planner takes that for. A join looks in a sub-select of its own,
 * or the planner may read all of that index.
 */
export const isOfChat = 'p.chat_id <> 0'

/**
 * The rows `p` that wait in a lane, resting or not, as a sub-select: by the one index and then by the other.
 * @param condition of a bot, or of a bot, priority and tenant, which those indexes begin with.
 */
export function waitingRows(columns: string, condition: string): string {
  return `(
    SELECT ${columns} FROM pending_deliveries p WHERE ${condition} AND ${isOffered}
    UNION ALL
    SELECT ${columns} FROM pending_deliveries p WHERE ${condition} AND ${isResting}
  )`
}

/** The rows `p` that rest, of the priority and the tenant (the nil UUID for none) of a lane that are those of `row`. */
const restingWith = (row: string): string =>
  `FROM pending_deliveries p
        WHERE p.bot_id = ${row}.bot_id AND ${isResting} AND p.priority = ${row}.priority AND ${tenantInLane} = ${row}.tenant_id`

/**
 * The SQL of whether anything rests. The limit keeps the planner from reading all that rests in whatever lane.
 * @param share a row of `bot_id`, `priority` and `tenant_id`.
 */
export function hasRests(share: string): string {
  return `coalesce((SELECT true ${restingWith(share)} LIMIT 1), false)`
}

/**
 * The SQL of when what is before a head in its chat, and rests, lets it go: never before that one has.
 * @param head a row of `bot_id`, `priority`, `tenant_id`, `chat_id` and `seq`.
 */
export function restOf(head: string): string {
  return `(
        SELECT greatest(p.rests_until, clock_timestamp() + interval '0.1 seconds')
        ${restingWith(head)}
          AND p.chat_id = ${head}.chat_id AND p.seq < ${head}.seq
        ORDER BY p.seq DESC LIMIT 1
      )`
}

/** The UPDATE by which heads begin to rest. @param heads the CTE of them: `id`, `due_at`, `is_busy`, `is_leaving`. */
export function rest(heads: string): string {
  return `UPDATE pending_deliveries p SET rests_until = h.due_at
  FROM (
    SELECT p.id, h.due_at
    FROM ${heads} h
    JOIN pending_deliveries p ON ${probe('p.id', 'h.id')} AND p.claimed_by IS NULL AND ${isOfferedById}
    WHERE NOT h.is_busy AND NOT h.is_leaving AND h.due_at > clock_timestamp() + ${restMin}
    LIMIT ${restingMax}
    FOR UPDATE OF p SKIP LOCKED
  ) h
  WHERE ${probe('p.id', 'h.id')}`
}

const endOver = defineStatement(
  'end-rests',
  `
WITH over AS MATERIALIZED (
  SELECT id FROM pending_deliveries
  WHERE rests_until > '-infinity' AND rests_until <= now()
  ORDER BY rests_until, seq LIMIT $1
  FOR UPDATE SKIP LOCKED
)
UPDATE pending_deliveries p SET rests_until = NULL
FROM over
WHERE ${probe('p.id', 'over.id')}
RETURNING p.bot_id`,
)

/** Brings heads back that have rested. @returns how many, and their lanes. */
export async function endRests(engine: Pool, countMax: number): Promise<{ ended: number; botIds: string[] }> {
  const rows = await run<{ botId: string }>(engine, endOver, [countMax])
  return { ended: rows.length, botIds: [...new Set(rows.map(({ botId }) => botId))] }
}
