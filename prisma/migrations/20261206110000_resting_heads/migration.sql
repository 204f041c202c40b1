-- What is not due for long rests outside of the lane's index, so that it costs nothing to look for what is due.
ALTER TABLE pending_deliveries ADD COLUMN rests_until timestamptz;
DROP INDEX pending_deliveries_lane_idx;
CREATE INDEX pending_deliveries_lane_idx ON pending_deliveries
  (bot_id, priority, (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'::uuid)), chat_id, seq)
  WHERE NOT is_paused AND rests_until IS NULL;
CREATE INDEX pending_deliveries_resting_idx ON pending_deliveries
  (bot_id, priority, (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'::uuid)), chat_id, seq)
  WHERE NOT is_paused AND rests_until IS NOT NULL;
CREATE INDEX pending_deliveries_rests_until_idx ON pending_deliveries (rests_until) WHERE rests_until IS NOT NULL;
