-- Connections that have ended, of whose tenants the open questions are looked through for those that went to them: in
-- stretches, and once for all that ended since, so that whoever ends a connection does not wait for it. after_id is up to
-- which question it was looked.
CREATE TABLE connection_doubts (
  number        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id     uuid NOT NULL,
  connection_id uuid NOT NULL,
  after_id      uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000',
  due_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX connection_doubts_due ON connection_doubts (due_at, number);
CREATE INDEX connection_doubts_tenant ON connection_doubts (tenant_id, after_id, number);

ALTER TABLE connection_doubts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY of_owner ON connection_doubts TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE POLICY of_tenant ON connection_doubts USING (tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid));
