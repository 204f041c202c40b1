-- Where tenants have events sent to.
CREATE TABLE webhook_endpoints (
  tenant_id              uuid NOT NULL REFERENCES tenants,
  id                     uuid NOT NULL,
  url                    text NOT NULL,
  description            text,
  -- Types of events, as patterns of LIKE; none for all.
  types                  text[] NOT NULL DEFAULT '{}',
  -- Headers of the tenant's own, which may hold secrets.
  headers_sealed         bytea,
  secret_sealed          bytea NOT NULL,
  -- The secret before, with which requests are signed too for a while.
  previous_secret_sealed bytea,
  previous_secret_until  timestamptz,
  concurrency            smallint NOT NULL DEFAULT 10 CONSTRAINT webhook_endpoints_concurrency CHECK (concurrency BETWEEN 1 AND 50),
  -- Requests a second; NULL for as many as go.
  rate                   smallint CONSTRAINT webhook_endpoints_rate CHECK (rate BETWEEN 1 AND 1000),
  disabled_at            timestamptz,
  disabled_reason        text,
  -- Since when nothing has been taken, and how much of its patience was told of, in percent.
  failing_since          timestamptz,
  warned_percent         smallint NOT NULL DEFAULT 0,
  last_error             text,
  last_success_at        timestamptz,
  created_at             timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

-- Events that wait to be sent to an endpoint, or to be sent again. A row is gone once it was taken, or given up.
CREATE TABLE webhook_deliveries (
  id          uuid PRIMARY KEY DEFAULT uuidv7(),
  tenant_id   uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  event_xid   xid8 NOT NULL,
  event_id    uuid NOT NULL,
  attempts    smallint NOT NULL DEFAULT 0,
  due_at      timestamptz NOT NULL DEFAULT now(),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 2000);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (tenant_id, endpoint_id, due_at, id);
CREATE UNIQUE INDEX webhook_deliveries_event ON webhook_deliveries (tenant_id, endpoint_id, event_id);

CREATE TABLE webhook_attempts (
  tenant_id   uuid NOT NULL,
  endpoint_id uuid NOT NULL,
  id          uuid NOT NULL DEFAULT uuidv7(),
  event_id    uuid NOT NULL,
  event_type  text NOT NULL,
  attempt     smallint NOT NULL,
  outcome     text NOT NULL CONSTRAINT webhook_attempts_outcome CHECK (outcome IN ('taken', 'failed', 'given_up')),
  status      smallint,
  -- Why there was no answer, such as dns or timeout.
  failure     text,
  latency_ms  int NOT NULL,
  -- The first 4 KB of the answer.
  answer      text,
  PRIMARY KEY (tenant_id, endpoint_id, id),
  FOREIGN KEY (tenant_id, endpoint_id) REFERENCES webhook_endpoints ON DELETE CASCADE
);
CREATE INDEX webhook_attempts_event ON webhook_attempts (tenant_id, endpoint_id, event_id) WHERE outcome = 'taken';
CREATE INDEX webhook_attempts_id ON webhook_attempts USING brin (id);

-- How far somebody who follows all events has come.
CREATE TABLE event_cursors (
  name text PRIMARY KEY,
  xid  xid8 NOT NULL,
  id   uuid NOT NULL
);
INSERT INTO event_cursors (name, xid, id)
SELECT 'webhooks', pg_snapshot_xmin(pg_current_snapshot()), uuid_v7_floor(now() - interval '1 hour');
