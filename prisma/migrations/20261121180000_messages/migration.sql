-- What a message can be: attachments, buttons, options, several parts, changes after it was sent, templates.

-- Everything of a message but its text; null where there is nothing else.
ALTER TABLE notification_contents
  ADD COLUMN message jsonb,
  ADD COLUMN edited_at timestamptz,
  DROP CONSTRAINT notification_contents_format_check,
  ADD CONSTRAINT notification_contents_format_check
    CHECK (format IN ('markdown', 'plain', 'telegram_markdown', 'telegram_markdown_v2', 'telegram_html'));

-- `part`: how many calls of a message that takes several were answered. `dropped`: what Telegram refused, so
-- that the message goes without it. Both are null in nearly every row, where they cost nothing. `change`: what was last asked for of the message in the chat, and what
-- became of that. A row of kind 'change' edits or deletes what was sent; `reply` says which messages.
ALTER TABLE deliveries
  ADD COLUMN part smallint,
  ADD COLUMN dropped text[],
  ADD COLUMN change jsonb;
UPDATE deliveries SET dropped = '{formatting}' WHERE is_degraded;
ALTER TABLE deliveries DROP COLUMN is_degraded;
ALTER TABLE pending_deliveries
  ADD COLUMN part smallint,
  ADD COLUMN dropped text[],
  DROP CONSTRAINT pending_deliveries_kind_check,
  ADD CONSTRAINT pending_deliveries_kind_check CHECK (kind IN ('notification', 'reply', 'change'));
UPDATE pending_deliveries SET dropped = '{formatting}' WHERE is_degraded;
ALTER TABLE pending_deliveries DROP COLUMN is_degraded;

-- The message in a chat that stands for a tenant's thread key: what the next notification of the thread
-- edits, replies to or adds to. `shown` is its text with entities.
CREATE TABLE message_threads (
  tenant_id       uuid NOT NULL,
  bot_id          uuid NOT NULL,
  chat_id         bigint NOT NULL,
  thread_key      text NOT NULL,
  notification_id uuid NOT NULL,
  message_id      bigint NOT NULL,
  method          text NOT NULL,
  shown           jsonb NOT NULL,
  updated_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, bot_id, chat_id, thread_key)
) WITH (fillfactor = 50);

-- Uploaded files: the bytes are in the file store, once for each tenant and content.
CREATE TABLE files (
  tenant_id    uuid NOT NULL REFERENCES tenants (id),
  id           uuid NOT NULL,
  content_hash bytea NOT NULL,
  size         bigint NOT NULL,
  mime_type    text NOT NULL,
  name         text NOT NULL,
  created_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id),
  UNIQUE (tenant_id, content_hash)
);

-- What Telegram calls a file that a bot has uploaded: it need not be uploaded again.
CREATE TABLE bot_files (
  tenant_id        uuid NOT NULL,
  file_id          uuid NOT NULL,
  bot_id           uuid NOT NULL REFERENCES bots (id),
  type             text NOT NULL,
  telegram_file_id text NOT NULL,
  uploaded_at      timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, file_id, bot_id, type),
  FOREIGN KEY (tenant_id, file_id) REFERENCES files (tenant_id, id)
);

-- A template and its versions. Versions are never changed; what is published is what new notifications use.
CREATE TABLE templates (
  tenant_id         uuid NOT NULL REFERENCES tenants (id),
  id                uuid NOT NULL,
  name              text NOT NULL,
  latest_version    integer NOT NULL DEFAULT 1,
  published_version integer,
  previous_version  integer,
  deleted_at        timestamptz,
  created_at        timestamptz NOT NULL DEFAULT now(),
  updated_at        timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX templates_name_idx ON templates (tenant_id, name) WHERE deleted_at IS NULL;

CREATE TABLE template_versions (
  tenant_id   uuid NOT NULL,
  template_id uuid NOT NULL,
  version     integer NOT NULL,
  content     jsonb NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, template_id, version),
  FOREIGN KEY (tenant_id, template_id) REFERENCES templates (tenant_id, id)
);
