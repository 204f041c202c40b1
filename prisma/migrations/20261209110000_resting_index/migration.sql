-- Whoever looks for what rests in a lane is not to find this index, which would be read from one end to the other.
CREATE INDEX pending_deliveries_rest_ends_idx ON pending_deliveries (rests_until) WHERE rests_until > '-infinity';
