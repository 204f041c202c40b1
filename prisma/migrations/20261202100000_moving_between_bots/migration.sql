-- Tenants that leave a bot: the connections through it end, or the people are invited to another one first. Connections are gone
-- through in the order of their ids, slice by slice, and a row says how far that is.
CREATE TABLE bot_moves (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants,
  bot_id       uuid NOT NULL REFERENCES bots,
  -- Where people are invited to; nothing where their connections end.
  to_bot_id    uuid REFERENCES bots,
  -- The last connection that was seen to.
  after_id     uuid,
  -- How many connections ended, or how many people were invited.
  count        integer NOT NULL DEFAULT 0,
  requested_at timestamptz NOT NULL DEFAULT now(),
  due_at       timestamptz NOT NULL DEFAULT now(),
  done_at      timestamptz
);
CREATE INDEX bot_moves_due ON bot_moves (due_at) WHERE done_at IS NULL;
-- One at a time of a kind.
CREATE UNIQUE INDEX bot_moves_open ON bot_moves (tenant_id, bot_id, to_bot_id) NULLS NOT DISTINCT WHERE done_at IS NULL;
CREATE INDEX bot_moves_bot ON bot_moves (bot_id);
CREATE INDEX bot_moves_to_bot ON bot_moves (to_bot_id) WHERE to_bot_id IS NOT NULL;

-- When a tenant stopped to use a bot; what it sent through it stays.
ALTER TABLE bot_access ADD COLUMN left_at timestamptz;

-- The connection that ends when the link is used.
ALTER TABLE connect_links ADD COLUMN replaces_id uuid;

-- A tenant's connections through a bot, in the order of their ids.
CREATE INDEX connections_bot ON connections (tenant_id, bot_id, id);

-- When a file was last uploaded, or named by something that was accepted; and for how long one is kept that nobody names.
ALTER TABLE files ADD COLUMN last_used_at timestamptz NOT NULL DEFAULT now();
ALTER TABLE tenants ADD COLUMN file_days integer;
CREATE INDEX files_unused ON files (last_used_at);

ALTER TABLE bot_moves ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_owner ON bot_moves TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY of_tenant ON bot_moves USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
