import { probe } from '../sql.js'

/**
 * The SQL of whether nobody is sending the pending row `p` right now: it is not claimed, or the turn that
 * claimed it holds its lane no more. Of the latter nobody knows whether they were sent.
 */
export const isNotInFlight = `(p.claimed_by IS NULL OR NOT EXISTS (
  SELECT FROM lanes l WHERE ${probe('l.bot_id', 'p.bot_id')} AND l.holder = p.claimed_by AND l.lease_until > clock_timestamp()
))`

/** The SQL of the columns that `endDeliveries` wants of a pending row `p` that nobody is sending any more. */
export function endingRow(status: 'expired' | 'cancelled'): string {
  return `p.id, p.tenant_id, p.notification_id, p.kind, p.body, p.is_counted,
    CASE
      WHEN p.claimed_by IS NULL OR p.kind <> 'notification' OR (p.stops_if_unknown AND NOT p.is_begun) THEN '${status}'
      ELSE 'unknown'
    END AS status, NULL::jsonb AS failure`
}

/** The same of a waiting row `w`. */
export function endingWaitingRow(status: 'expired' | 'cancelled'): string {
  return `w.id, w.tenant_id, w.notification_id, 'notification' AS kind, NULL::jsonb AS body, false AS is_counted,
    '${status}' AS status, NULL::jsonb AS failure`
}
