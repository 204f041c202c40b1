/**
 * Whether nobody is sending the pending row `p` right now: it is not claimed, or the turn that claimed it
 * holds its lane no more. Of the latter nobody knows whether they were sent.
 */
export const isNotInFlight = `(p.claimed_by IS NULL OR NOT EXISTS (
  SELECT FROM lanes l WHERE l.bot_id = p.bot_id AND l.holder = p.claimed_by AND l.lease_until > clock_timestamp()
))`
