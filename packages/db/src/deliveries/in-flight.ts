import { recordingGraceMs } from '../lanes/lane-leases.js'
import { probe } from '../sql.js'

/**
 * The SQL of whether nobody is sending the pending row `p`, nor about to say what became of it: it is not claimed, or
 * whoever claimed it has lost its lane, and has had a moment since to record what it knows. Of the latter nobody knows
 * whether they were sent.
 *
 * Where the row was claimed after the statement began, which still sees the lane as it was then, it is in flight.
 */
export const isNotInFlight = `(p.claimed_by IS NULL OR NOT EXISTS (
  SELECT FROM lanes l
  WHERE ${probe('l.bot_id', 'p.bot_id')}
    AND CASE WHEN l.holder = p.claimed_by THEN l.lease_until ELSE l.taken_at END
      > clock_timestamp() - make_interval(secs => ${recordingGraceMs} / 1000.0)
) AND EXISTS (
  SELECT FROM pending_deliveries s WHERE ${probe('s.id', 'p.id')} AND s.claimed_by = p.claimed_by
))`

/**
 * The SQL of whether the call of the pending row `p` may have begun: of what is not to be repeated it is written down.
 * @param claimedBy the turn that has claimed it, or had before.
 */
export function mayBeUnderWay(claimedBy: string): string {
  return `(${claimedBy} IS NOT NULL AND (p.is_begun OR NOT p.stops_if_unknown))`
}

/** The SQL of the columns that `endDeliveries` wants of a pending row `p` that nobody is sending any more. */
export function endingRow(status: 'expired' | 'cancelled'): string {
  return `p.id, p.tenant_id, p.notification_id, p.kind, p.body, p.is_counted,
    CASE
      WHEN p.kind <> 'notification' THEN '${status}'
      WHEN p.may_have_arrived OR p.has_unknown_part OR ${mayBeUnderWay('p.claimed_by')} THEN 'unknown'
      ELSE '${status}'
    END AS status, NULL::jsonb AS failure`
}

/** The same of a waiting row `w`. */
export function endingWaitingRow(status: 'expired' | 'cancelled'): string {
  return `w.id, w.tenant_id, w.notification_id, 'notification' AS kind, NULL::jsonb AS body, false AS is_counted,
    '${status}' AS status, NULL::jsonb AS failure`
}
