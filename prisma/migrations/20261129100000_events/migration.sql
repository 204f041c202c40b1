-- Events are read in the order (xid, id), and only below the oldest transaction that is still open: what commits later
-- always has a higher place than what was read. The key leads there; whoever looks for new events of many tenants at once
-- finds them by their transaction.
ALTER TABLE events DROP CONSTRAINT events_pkey;
ALTER TABLE events ADD PRIMARY KEY (tenant_id, xid, id);
CREATE INDEX events_xid_idx ON events (xid);

-- Transactions begin anew after a dump and restore. A cursor of before is told from those of the present by the epoch.
INSERT INTO service_settings (name, value) VALUES ('events_epoch', left(replace(gen_random_uuid()::text, '-', ''), 8));
