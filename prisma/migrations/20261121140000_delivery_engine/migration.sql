-- Topics, broadcasts, scheduling, holding, pausing and fair shares.

-- How much of a shared bot's rate a tenant gets, next to the others.
ALTER TABLE tenants ADD COLUMN weight smallint NOT NULL DEFAULT 1 CHECK (weight BETWEEN 1 AND 100);

-- Telegram sends faster than 30 a second only for pay, and only where asked to.
ALTER TABLE bots ADD COLUMN allow_paid_broadcast boolean NOT NULL DEFAULT false;

-- What a bot that was told to slow down may send a second at present; null where it has its full rate.
ALTER TABLE lanes ADD COLUMN learned_rate double precision;

ALTER TABLE notifications
  ADD COLUMN on_unknown text NOT NULL DEFAULT 'resend' CHECK (on_unknown IN ('resend', 'hold')),
  ADD COLUMN send_at timestamptz,
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN paused_at timestamptz,
  ADD COLUMN cancelled_at timestamptz;

-- A delivery that is held has no connection yet. What hangs on a notification is written in the statement
-- that writes the notification, or after it was read, so a check on every row would only cost time.
ALTER TABLE deliveries
  ALTER COLUMN connection_id DROP NOT NULL,
  ALTER COLUMN bot_id DROP NOT NULL,
  ALTER COLUMN chat_id DROP NOT NULL,
  ADD COLUMN is_degraded boolean NOT NULL DEFAULT false,
  DROP CONSTRAINT deliveries_tenant_id_notification_id_fkey;
-- A notification's deliveries, page by page.
DROP INDEX deliveries_tenant_id_notification_id_idx;
CREATE INDEX deliveries_notification_idx ON deliveries (tenant_id, notification_id, id);
ALTER TABLE notification_contents DROP CONSTRAINT notification_contents_tenant_id_notification_id_fkey;

-- `is_held_if_unknown`: not to be sent again where it may have been sent. `is_degraded`: Telegram refused
-- the formatting, so the plain text goes. `is_counted`: its outcome is added up in delivery_counts.
ALTER TABLE pending_deliveries
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN is_held_if_unknown boolean NOT NULL DEFAULT false,
  ADD COLUMN is_degraded boolean NOT NULL DEFAULT false,
  ADD COLUMN is_counted boolean NOT NULL DEFAULT false,
  ADD COLUMN is_paused boolean NOT NULL DEFAULT false;
DROP INDEX pending_deliveries_lane_idx;
CREATE INDEX pending_deliveries_lane_idx ON pending_deliveries
  (bot_id, priority, (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'::uuid)), chat_id, seq) WHERE NOT is_paused;
CREATE INDEX pending_deliveries_expires_at_idx ON pending_deliveries (expires_at) WHERE expires_at IS NOT NULL;
CREATE INDEX pending_deliveries_broadcast_idx ON pending_deliveries (notification_id, is_paused) WHERE is_counted;

-- Deliveries that are not in a lane yet: scheduled ones until `due_at`, held ones (without) until their
-- user connects.
CREATE TABLE waiting_deliveries (
  id              uuid PRIMARY KEY,
  tenant_id       uuid NOT NULL,
  notification_id uuid NOT NULL,
  user_id         text NOT NULL,
  connection_id   uuid,
  priority        smallint NOT NULL,
  due_at          timestamptz,
  expires_at      timestamptz
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX waiting_deliveries_due_at_idx ON waiting_deliveries (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX waiting_deliveries_held_idx ON waiting_deliveries (tenant_id, user_id) WHERE connection_id IS NULL;
CREATE INDEX waiting_deliveries_expires_at_idx ON waiting_deliveries (expires_at) WHERE expires_at IS NOT NULL;

-- The notification that a tenant's dedupe key stands for, until its window ends.
CREATE TABLE dedupe_keys (
  tenant_id       uuid NOT NULL,
  key             text NOT NULL,
  notification_id uuid NOT NULL,
  expires_at      timestamptz NOT NULL,
  PRIMARY KEY (tenant_id, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX dedupe_keys_expires_at_idx ON dedupe_keys USING brin (expires_at);

CREATE TABLE topics (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  id         uuid NOT NULL,
  name       text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, name)
);

CREATE TABLE topic_subscribers (
  tenant_id     uuid NOT NULL,
  topic_id      uuid NOT NULL,
  user_id       text NOT NULL,
  subscribed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, topic_id, user_id),
  FOREIGN KEY (tenant_id, topic_id) REFERENCES topics (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id)
);
CREATE INDEX topic_subscribers_user_idx ON topic_subscribers (tenant_id, user_id);

-- A notification to a topic, or to everyone (no topic): the audience as of `audience_at`, expanded into
-- deliveries slice by slice in the order of user ids. `cursor` is the last user that was expanded.
-- `change` is what was asked for and is not yet done for all of the pending rows.
CREATE TABLE broadcasts (
  tenant_id       uuid NOT NULL,
  notification_id uuid NOT NULL,
  topic_id        uuid,
  audience_at     timestamptz NOT NULL,
  starts_at       timestamptz NOT NULL,
  cursor          text NOT NULL DEFAULT '',
  expanded        bigint NOT NULL DEFAULT 0,
  expected        bigint,
  is_expanded     boolean NOT NULL DEFAULT false,
  is_completed    boolean NOT NULL DEFAULT false,
  is_paused       boolean NOT NULL DEFAULT false,
  change          text CHECK (change IN ('pause', 'resume', 'cancel')),
  PRIMARY KEY (tenant_id, notification_id)
) WITH (fillfactor = 50);
CREATE INDEX broadcasts_open_idx ON broadcasts (starts_at) WHERE NOT is_completed;

-- What became of a broadcast's deliveries, added up as they end.
CREATE TABLE delivery_counts (
  tenant_id       uuid NOT NULL,
  notification_id uuid NOT NULL,
  status          text NOT NULL,
  reason          text NOT NULL DEFAULT '',
  count           bigint NOT NULL,
  PRIMARY KEY (tenant_id, notification_id, status, reason)
) WITH (fillfactor = 50);
