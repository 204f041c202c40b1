-- Others have taken their place. They go by themselves, as each takes a lock that nobody is to wait for behind the making of an index.
DROP INDEX audit_entries_unsealed;
DROP INDEX waiting_deliveries_tenant_idx;
DROP INDEX pending_deliveries_rests_until_idx;

-- What was found by them is read part by part.
DROP INDEX code_misses_window_start;
DROP INDEX webhook_attempts_id;
DROP INDEX dedupe_keys_expires_at_idx;
DROP INDEX update_receipts_received_at_idx;
DROP INDEX idempotency_keys_created_at_idx;
