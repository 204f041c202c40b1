-- Linking on every client and in every kind of chat.

ALTER TABLE tenants
  ADD COLUMN confirm text NOT NULL DEFAULT 'none'
    CONSTRAINT tenants_confirm CHECK (confirm IN ('none', 'tap', 'number')),
  -- Who may connect a group: its administrators, or everybody in it.
  ADD COLUMN group_connect text NOT NULL DEFAULT 'administrators'
    CONSTRAINT tenants_group_connect CHECK (group_connect IN ('administrators', 'members')),
  -- What becomes of what waits for somebody who blocked the bot, or a group that removed it.
  ADD COLUMN on_unreachable text NOT NULL DEFAULT 'fail'
    CONSTRAINT tenants_on_unreachable CHECK (on_unreachable IN ('fail', 'hold')),
  ADD COLUMN brand jsonb NOT NULL DEFAULT '{}',
  ADD COLUMN texts jsonb NOT NULL DEFAULT '{}',
  -- Web origins whose pages may show the connect element.
  ADD COLUMN origins text[] NOT NULL DEFAULT '{}';

ALTER TABLE connect_links
  -- Keyed, since a code is short.
  ADD COLUMN code_hash bytea,
  ADD COLUMN confirm text NOT NULL DEFAULT 'none'
    CONSTRAINT connect_links_confirm CHECK (confirm IN ('none', 'tap', 'number')),
  -- Three of them where the person has to choose; the page shows `number`.
  ADD COLUMN numbers smallint[] NOT NULL DEFAULT '{}',
  ADD COLUMN number smallint,
  ADD COLUMN account_label text,
  ADD COLUMN admin_rights text[] NOT NULL DEFAULT '{}',
  ADD COLUMN opened_at timestamptz,
  ADD COLUMN started_at timestamptz;
CREATE UNIQUE INDEX connect_links_bot_id_code_hash_key ON connect_links (bot_id, code_hash);

ALTER TABLE connections
  ADD COLUMN ended_reason text,
  ADD COLUMN forum_topic bigint,
  -- Until then what comes makes no sound.
  ADD COLUMN muted_until timestamptz;
-- Groups came back whatever had ended them; from now on only those that had removed the bot.
UPDATE connections k SET ended_reason = 'bot_removed'
FROM chats c
WHERE c.bot_id = k.bot_id AND c.chat_id = k.chat_id AND c.type <> 'private' AND k.status = 'gone';

-- The language that was chosen in the chat.
ALTER TABLE chats ADD COLUMN language text, ADD COLUMN is_administrator boolean NOT NULL DEFAULT false;

-- Codes that were not right, by chat; the chat 0 stands for the whole bot.
CREATE TABLE code_misses (
  bot_id uuid NOT NULL REFERENCES bots ON DELETE CASCADE,
  chat_id bigint NOT NULL,
  window_start timestamptz NOT NULL DEFAULT now(),
  count int NOT NULL,
  PRIMARY KEY (bot_id, chat_id)
);
CREATE INDEX code_misses_window_start ON code_misses USING brin (window_start);

-- People who complain about a tenant.
CREATE TABLE reports (
  id uuid PRIMARY KEY,
  tenant_id uuid NOT NULL REFERENCES tenants,
  bot_id uuid NOT NULL REFERENCES bots,
  chat_id bigint NOT NULL,
  reported_by bigint,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (tenant_id, bot_id, chat_id)
);

-- How a bot is to hear of updates, and what was found when it was looked at last.
ALTER TABLE bots
  ADD COLUMN wanted_update_mode text NOT NULL DEFAULT 'auto'
    CONSTRAINT bots_wanted_update_mode CHECK (wanted_update_mode IN ('auto', 'polling', 'webhook')),
  ADD COLUMN webhook_secret_version int NOT NULL DEFAULT 0,
  -- The one that Telegram was told last.
  ADD COLUMN webhook_secret_told int NOT NULL DEFAULT 0,
  ADD COLUMN webhook_due_at timestamptz NOT NULL DEFAULT now(),
  ADD COLUMN webhook_error text,
  ADD COLUMN webhook_failing_since timestamptz,
  -- Until then the bot is polled, since Telegram did not reach its webhook.
  ADD COLUMN polled_until timestamptz,
  ADD COLUMN pending_updates int,
  ADD COLUMN commands_version int;
CREATE INDEX bots_webhook_due_at ON bots (webhook_due_at) WHERE status <> 'deleted';

-- What one part of the service tells the others, such as where it is reached.
CREATE TABLE service_settings (
  name text PRIMARY KEY,
  value text,
  changed_at timestamptz NOT NULL DEFAULT now()
);

-- Updates that were given up are listed.
CREATE INDEX updates_parked ON updates (bot_id, update_id) WHERE parked_at IS NOT NULL;

-- Deliveries that wait until their connection can be reached again.
CREATE INDEX waiting_deliveries_held ON waiting_deliveries (connection_id) WHERE connection_id IS NOT NULL AND due_at IS NULL;
