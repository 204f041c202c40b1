-- Persons and tenants who are to be erased, and those who were: a row stays, that says neither who nor what.
CREATE TABLE erasures (
  id           uuid PRIMARY KEY,
  tenant_id    uuid NOT NULL REFERENCES tenants,
  -- Nothing for the tenant as a whole; and once all is gone.
  user_id      text,
  -- A keyed digest of the user's id, by which it can be told that somebody was erased.
  user_digest  text,
  requested_at timestamptz NOT NULL DEFAULT now(),
  due_at       timestamptz NOT NULL DEFAULT now(),
  done_at      timestamptz,
  -- How many rows of which table.
  removed      jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX erasures_due ON erasures (due_at) WHERE done_at IS NULL;
CREATE INDEX erasures_tenant ON erasures (tenant_id, user_digest);
ALTER TABLE tenants
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN erased_at timestamptz;
