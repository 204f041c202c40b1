-- When an endpoint failed last: one that has failed now and then, with long silences between, has not failed for days.
ALTER TABLE webhook_endpoints ADD COLUMN failed_at timestamptz;
UPDATE webhook_endpoints SET failed_at = now() WHERE failing_since IS NOT NULL;
