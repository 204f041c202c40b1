-- What a tenant may take of what it shares with others, and how it is kept from harming them.

-- Limits that an admin has set; those that are missing are the service's own.
ALTER TABLE tenants
  ADD COLUMN limits jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN redirect_hosts text[],
  ADD COLUMN suspended_at timestamptz;
UPDATE tenants SET suspended_at = now() WHERE status = 'suspended';
ALTER TABLE tenants DROP COLUMN status;

-- How much of a limit is used up in its present window; what processes have taken in advance counts as used.
CREATE TABLE quota_windows (
  tenant_id    uuid NOT NULL REFERENCES tenants (id),
  quota        text NOT NULL,
  window_start timestamptz NOT NULL,
  used         bigint NOT NULL,
  PRIMARY KEY (tenant_id, quota)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- A delivery that was in flight when its worker died is handled apart from the others; how often that went wrong.
ALTER TABLE pending_deliveries ADD COLUMN strikes smallint NOT NULL DEFAULT 0;

-- Looked for by reason, or to be sent again.
CREATE INDEX deliveries_failed_idx ON deliveries (tenant_id, id) WHERE failure IS NOT NULL;

-- Telegram's id of the person who connected the chat: in a group, one of those who may disconnect it.
ALTER TABLE connections ADD COLUMN connected_by bigint;

-- How many deliveries of a tenant wait outside of the lanes.
CREATE INDEX waiting_deliveries_tenant_idx ON waiting_deliveries (tenant_id);

-- What was asked for of the messages of a broadcast that were sent, and after which delivery it goes on.
ALTER TABLE broadcasts
  ADD COLUMN edit jsonb,
  ADD COLUMN edit_after uuid;
CREATE INDEX broadcasts_edit_idx ON broadcasts (tenant_id, notification_id) WHERE edit IS NOT NULL;
