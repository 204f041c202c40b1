-- Ids are UUIDv7: time-ordered, so that large tables are partitioned by day on the id itself.

-- A UUIDv7 made in the database, for rows whose number is only known inside a statement.
CREATE FUNCTION uuid_v7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(
    set_bit(set_bit(
      overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
      52, 1), 53, 1), 'hex')::uuid
$$;

-- The smallest UUIDv7 of a moment: the lower bound of a partition or of a search.
CREATE FUNCTION uuid_v7_floor(moment timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;

CREATE TABLE tenants (
  id           uuid PRIMARY KEY,
  name         text NOT NULL,
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended')),
  chat_sharing text NOT NULL DEFAULT 'refuse' CHECK (chat_sharing IN ('refuse', 'move', 'share')),
  created_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE api_keys (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  id         uuid NOT NULL,
  name       text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  token_hint text NOT NULL,
  scopes     text[] NOT NULL,
  mode       text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'test')),
  expires_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);

CREATE TABLE admin_keys (
  id         uuid PRIMARY KEY,
  name       text NOT NULL,
  token_hash bytea NOT NULL UNIQUE,
  token_hint text NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- tenant_id is the owner; a shared bot, which the operator provides, has none.
CREATE TABLE bots (
  id           uuid PRIMARY KEY,
  tenant_id    uuid REFERENCES tenants (id),
  telegram_id  bigint NOT NULL UNIQUE,
  username     text NOT NULL,
  display_name text NOT NULL,
  token_sealed bytea NOT NULL,
  mode         text NOT NULL DEFAULT 'live' CHECK (mode IN ('live', 'test')),
  update_mode  text NOT NULL CHECK (update_mode IN ('polling', 'webhook')),
  rate         integer NOT NULL DEFAULT 30 CHECK (rate BETWEEN 1 AND 1000),
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'unauthorized')),
  created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX bots_tenant_id_idx ON bots (tenant_id);

-- A row for every tenant and bot it may use, own or shared.
CREATE TABLE bot_access (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  bot_id     uuid NOT NULL REFERENCES bots (id),
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, bot_id)
);
CREATE INDEX bot_access_bot_id_idx ON bot_access (bot_id);

-- The lease of a bot's lane. `epoch` grows with every holder; `permits_free_at` is when the last
-- holder's spent permits have all come back, and null where it ended without saying.
CREATE TABLE lanes (
  bot_id          uuid PRIMARY KEY REFERENCES bots (id),
  epoch           bigint NOT NULL DEFAULT 0,
  holder          uuid,
  lease_until     timestamptz,
  permits_free_at timestamptz,
  next_due_at     timestamptz,
  paused_until    timestamptz,
  parked_reason   text
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);

-- The lease of a bot's long poll, and where to go on reading.
CREATE TABLE update_pollers (
  bot_id         uuid PRIMARY KEY REFERENCES bots (id),
  holder         uuid,
  lease_until    timestamptz,
  next_update_id bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- A chat as one bot sees it. `last_sent_at` holds the latest sends, oldest first (groups: up to twenty);
-- `membership_at` is Telegram's time of the latest update that showed whether the bot may write there.
CREATE TABLE chats (
  bot_id              uuid NOT NULL REFERENCES bots (id),
  chat_id             bigint NOT NULL,
  type                text NOT NULL CHECK (type IN ('private', 'group', 'supergroup', 'channel')),
  title               text,
  username            text,
  language_code       text,
  last_sent_at        timestamptz[] NOT NULL DEFAULT '{}',
  paused_until        timestamptz,
  blocked_at          timestamptz,
  membership_at       timestamptz,
  migrated_to_chat_id bigint,
  created_at          timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bot_id, chat_id)
) WITH (fillfactor = 80);

CREATE TABLE users (
  tenant_id  uuid NOT NULL REFERENCES tenants (id),
  user_id    text NOT NULL,
  attributes jsonb NOT NULL DEFAULT '{}',
  locale     text,
  timezone   text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, user_id)
);

CREATE TABLE connections (
  tenant_id    uuid NOT NULL,
  id           uuid NOT NULL,
  user_id      text NOT NULL,
  bot_id       uuid NOT NULL,
  chat_id      bigint NOT NULL,
  status       text NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'blocked', 'stopped', 'gone')),
  display_name text,
  metadata     jsonb NOT NULL DEFAULT '{}',
  connected_at timestamptz NOT NULL DEFAULT now(),
  ended_at     timestamptz,
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, user_id, bot_id, chat_id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id),
  FOREIGN KEY (tenant_id, bot_id) REFERENCES bot_access (tenant_id, bot_id),
  FOREIGN KEY (bot_id, chat_id) REFERENCES chats (bot_id, chat_id)
);
CREATE INDEX connections_bot_id_chat_id_idx ON connections (bot_id, chat_id);

CREATE TABLE connect_links (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  token_hash    bytea NOT NULL UNIQUE,
  user_id       text NOT NULL,
  bot_id        uuid NOT NULL,
  chat          text NOT NULL CHECK (chat IN ('private', 'group', 'channel')),
  status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'used', 'revoked')),
  replace       boolean NOT NULL DEFAULT false,
  locale        text,
  redirect_url  text,
  metadata      jsonb NOT NULL DEFAULT '{}',
  connection_id uuid,
  display_name  text,
  expires_at    timestamptz NOT NULL,
  used_at       timestamptz,
  created_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, user_id),
  FOREIGN KEY (tenant_id, bot_id) REFERENCES bot_access (tenant_id, bot_id),
  FOREIGN KEY (tenant_id, connection_id) REFERENCES connections (tenant_id, id)
);
CREATE INDEX connect_links_tenant_id_user_id_idx ON connect_links (tenant_id, user_id);

CREATE TABLE notifications (
  tenant_id   uuid NOT NULL REFERENCES tenants (id),
  id          uuid NOT NULL,
  target      jsonb NOT NULL,
  priority    text NOT NULL CHECK (priority IN ('high', 'normal', 'bulk')),
  metadata    jsonb,
  request_id  text,
  traceparent text,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);

-- What was said, apart from the fact that it was said: the two are kept for different times.
CREATE TABLE notification_contents (
  tenant_id       uuid NOT NULL,
  notification_id uuid NOT NULL,
  format          text NOT NULL CHECK (format IN ('markdown', 'plain')),
  text            text NOT NULL,
  PRIMARY KEY (tenant_id, notification_id),
  FOREIGN KEY (tenant_id, notification_id) REFERENCES notifications (tenant_id, id)
) PARTITION BY RANGE (notification_id);

-- connection_id, bot_id and user_id have no foreign key: only statements that join their parents on
-- (tenant_id, id) write them, and a check on every row here costs the hot path dearly.
CREATE TABLE deliveries (
  tenant_id            uuid NOT NULL,
  id                   uuid NOT NULL,
  notification_id      uuid NOT NULL,
  connection_id        uuid NOT NULL,
  user_id              text NOT NULL,
  bot_id               uuid NOT NULL,
  chat_id              bigint NOT NULL,
  status               text NOT NULL DEFAULT 'queued'
    CHECK (status IN ('scheduled', 'queued', 'sending', 'sent', 'failed', 'expired', 'cancelled', 'unknown', 'held')),
  attempts             integer NOT NULL DEFAULT 0,
  telegram_message_ids bigint[] NOT NULL DEFAULT '{}',
  sent_at              timestamptz,
  failure              jsonb,
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, notification_id) REFERENCES notifications (tenant_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX deliveries_tenant_id_notification_id_idx ON deliveries (tenant_id, notification_id);

-- What waits in a lane: deliveries (kind 'notification') and our own answers in a chat (kind 'reply',
-- whose message is in `reply`). Inserted at accept, deleted when settled. `claimed_by` is the turn that
-- may be sending the row right now, or was when it died; `not_before` is set while a retry waits.
CREATE TABLE pending_deliveries (
  id              uuid PRIMARY KEY,
  bot_id          uuid NOT NULL,
  tenant_id       uuid,
  priority        smallint NOT NULL,
  chat_id         bigint NOT NULL,
  seq             bigint GENERATED ALWAYS AS IDENTITY,
  kind            text NOT NULL CHECK (kind IN ('notification', 'reply')),
  notification_id uuid,
  connection_id   uuid,
  reply           jsonb,
  attempts        integer NOT NULL DEFAULT 0,
  not_before      timestamptz,
  claimed_by      uuid,
  accepted_at     timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
        autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 20000,
        autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000, autovacuum_vacuum_cost_delay = 0);
-- The order of a lane: one head for each chat is found by skipping from chat to chat.
CREATE INDEX pending_deliveries_lane_idx ON pending_deliveries
  (bot_id, priority, (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'::uuid)), chat_id, seq);
CREATE INDEX pending_deliveries_chat_idx ON pending_deliveries (bot_id, chat_id);

-- The nil UUID as tenant_id stands for the admin interface. `response_sealed` holds answers with a secret.
CREATE TABLE idempotency_keys (
  tenant_id       uuid NOT NULL,
  key             text NOT NULL,
  request_hash    bytea NOT NULL,
  response_status smallint NOT NULL,
  response        jsonb,
  response_sealed bytea,
  created_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, key)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys USING brin (created_at);

-- What Telegram told a bot. `chat_id` orders the handling; it is the sender's id where no chat is named.
CREATE TABLE updates (
  bot_id      uuid NOT NULL REFERENCES bots (id),
  id          uuid NOT NULL,
  update_id   bigint NOT NULL,
  chat_id     bigint NOT NULL,
  kind        text NOT NULL,
  payload     jsonb NOT NULL,
  attempts    integer NOT NULL DEFAULT 0,
  failure     text,
  received_at timestamptz NOT NULL DEFAULT now(),
  handled_at  timestamptz,
  PRIMARY KEY (bot_id, id)
) PARTITION BY RANGE (id);
CREATE INDEX updates_waiting_idx ON updates (bot_id, chat_id, update_id) WHERE handled_at IS NULL;

-- Every update once: a unique key that a table partitioned by id cannot have.
CREATE TABLE update_receipts (
  bot_id      uuid NOT NULL,
  update_id   bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (bot_id, update_id)
);
CREATE INDEX update_receipts_received_at_idx ON update_receipts USING brin (received_at);

-- `xid` lets a cursor wait for transactions that are still open, so that it never skips an event.
CREATE TABLE events (
  tenant_id  uuid NOT NULL,
  id         uuid NOT NULL DEFAULT uuid_v7(),
  xid        xid8 NOT NULL DEFAULT pg_current_xact_id(),
  type       text NOT NULL,
  data       jsonb NOT NULL,
  request_id text,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
) PARTITION BY RANGE (id);

-- Makes the daily partitions of today and the coming days that do not exist yet; answers how many it
-- made. A day whose rows already fell into the default partition keeps them there.
-- SECURITY DEFINER: the worker calls it with a role that owns no table.
CREATE FUNCTION ensure_partitions(days_ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  parent text;
  day date;
  child text;
  made integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('tellwire.ensure_partitions'));
  FOREACH parent IN ARRAY ARRAY['notifications', 'notification_contents', 'deliveries', 'updates', 'events'] LOOP
    FOR day IN SELECT generate_series((now() AT TIME ZONE 'UTC')::date, (now() AT TIME ZONE 'UTC')::date + days_ahead, '1 day')::date LOOP
      child := parent || '_' || to_char(day, 'YYYYMMDD');
      CONTINUE WHEN to_regclass('public.' || child) IS NOT NULL;
      BEGIN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', child, parent,
          uuid_v7_floor(day::timestamp AT TIME ZONE 'UTC'), uuid_v7_floor((day + 1)::timestamp AT TIME ZONE 'UTC'));
        made := made + 1;
      EXCEPTION WHEN check_violation THEN
        NULL;
      END;
    END LOOP;
  END LOOP;
  RETURN made;
END $$;

CREATE TABLE notifications_default PARTITION OF notifications DEFAULT;
CREATE TABLE notification_contents_default PARTITION OF notification_contents DEFAULT;
CREATE TABLE deliveries_default PARTITION OF deliveries DEFAULT;
CREATE TABLE updates_default PARTITION OF updates DEFAULT;
CREATE TABLE events_default PARTITION OF events DEFAULT;

SELECT ensure_partitions(7);
