-- When its holder took a lane: what the holder before had in flight is left to that one for a moment.
ALTER TABLE lanes ADD COLUMN taken_at timestamptz;

-- Rows that were cancelled while they were being sent: whoever sweeps ends those of turns that have died.
CREATE INDEX pending_deliveries_cancelled_idx ON pending_deliveries (id) WHERE is_cancelled;
