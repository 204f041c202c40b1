import { probe } from '../sql.js'
import { isResting } from './rests.js'

// What was sent stays in the index of its lane until it is cleared away, which nothing is while somebody holds an old
// snapshot. A scan reads each such entry's row, and finds that it is gone. Rows get their place in a lane by a number, `seq`,
// that grows: below a number under which nothing waits the scan passes entries over by what stands in the index.
//
// Such a number stays true: what joins a lane later, or is resumed, gets a higher one, and what waits or rests keeps its own.

/** Of so many rows that rest in a lane the lowest number is looked for. */
const restingMax = 100

/** What a claim saw of the numbers of what waits in a lane. */
export interface SeenSeqs {
  /** By priority: the lowest of what waits, or rests; undefined where nothing does, and null where not all of it was seen. */
  lowest: readonly (bigint | undefined | null)[]
  /** The highest number that was seen; undefined where none was. */
  highest: bigint | undefined
  /** The transactions before this one have ended, and their rows were seen. */
  xmin: bigint
  /** The transaction that begins next. */
  xmax: bigint
}

/** The same as JSON. */
export interface SeenSeqsJson {
  lowest: Record<string, string> | null
  unseen: number[] | null
  lowestResting: string | null
  isAllSeen: boolean
  highest: string | null
  xmin: string
  xmax: string
}

/** The CTEs that {@link seenSeqs} reads; they read those of the claim. */
export const seenSeqsCtes = `seen_priorities AS (
  SELECT lane, priority, bool_or(is_cut) AS is_cut, min(lowest) AS lowest, max(highest) AS highest
  FROM seen_shares
  GROUP BY lane, priority
),
-- Their chats are not scanned, and they may come back at any time.
suspended AS (
  SELECT s.lane
  FROM tenant_scan s
  JOIN tenants t ON ${probe('t.id', 's.tenant_id')} AND t.suspended_at IS NOT NULL
  WHERE s.tells_seqs
),
rests AS (
  SELECT w.lane, r.count, r.lowest
  FROM (SELECT DISTINCT lane, bot_id FROM wanted WHERE tells_seqs) w
  CROSS JOIN LATERAL (
    SELECT count(*) AS count, min(p.seq) AS lowest
    FROM (
      SELECT p.seq FROM pending_deliveries p WHERE p.bot_id = w.bot_id AND ${isResting} LIMIT ${restingMax + 1}
    ) p
  ) r
)`

/** The SQL of what was seen in the lane of `row`, as JSON; NULL where it was not asked for. */
export function seenSeqs(row: string): string {
  return `CASE WHEN ${row}.tells_seqs THEN (
    SELECT jsonb_build_object(
      'lowest', jsonb_object_agg(p.priority, p.lowest::text) FILTER (WHERE p.lowest IS NOT NULL),
      'unseen', jsonb_agg(p.priority) FILTER (WHERE p.is_cut),
      'lowestResting', (SELECT r.lowest::text FROM rests r WHERE r.lane = ${row}.lane),
      'isAllSeen', ${row}.lane NOT IN (SELECT s.lane FROM suspended s)
        AND ${row}.lane NOT IN (SELECT r.lane FROM rests r WHERE r.count > ${restingMax}),
      'highest', max(p.highest)::text,
      'xmin', pg_snapshot_xmin(pg_current_snapshot())::text,
      'xmax', pg_snapshot_xmax(pg_current_snapshot())::text
    )
    FROM seen_priorities p
    WHERE p.lane = ${row}.lane
  ) END`
}

/** @param isScanned by priority: whether the claim was to look at all of its tenants. */
export function readSeenSeqs(json: SeenSeqsJson, isScanned: readonly boolean[]): SeenSeqs {
  const resting = json.lowestResting === null ? undefined : BigInt(json.lowestResting)
  const lowestOf = (priority: number): bigint | undefined | null => {
    if (!json.isAllSeen || !isScanned[priority] || json.unseen?.includes(priority)) return null
    const waiting = json.lowest?.[priority]
    if (waiting === undefined) return resting
    return resting !== undefined && resting < BigInt(waiting) ? resting : BigInt(waiting)
  }
  return {
    lowest: isScanned.map((_, priority) => lowestOf(priority)),
    highest: json.highest === null ? undefined : BigInt(json.highest),
    xmin: BigInt(json.xmin),
    xmax: BigInt(json.xmax),
  }
}
