-- What people write in connected chats, chat by chat. What somebody wrote stands in the events, where it is found by its
-- transaction and id; what a tenant answers stands in the notification of the same id.
CREATE TABLE inbox_messages (
  tenant_id     uuid NOT NULL,
  id            uuid NOT NULL,
  connection_id uuid NOT NULL,
  -- Of what somebody wrote.
  xid           xid8,
  message_id    bigint,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX inbox_messages_chat ON inbox_messages (tenant_id, connection_id, id);

CREATE TABLE inbox_chats (
  tenant_id       uuid NOT NULL,
  connection_id   uuid NOT NULL,
  -- The latest that somebody wrote; chats are listed by it.
  last_message_id uuid NOT NULL,
  unread          integer NOT NULL,
  PRIMARY KEY (tenant_id, connection_id)
);
CREATE UNIQUE INDEX inbox_chats_latest ON inbox_chats (tenant_id, last_message_id);
CREATE INDEX inbox_chats_unread ON inbox_chats (tenant_id, last_message_id) WHERE unread > 0;

-- Whether a person is told that nobody may read what was written, and when somebody last listened.
ALTER TABLE tenants
  ADD COLUMN auto_answer text NOT NULL DEFAULT 'unheard'
    CONSTRAINT tenants_auto_answer CHECK (auto_answer IN ('off', 'unheard', 'always')),
  ADD COLUMN listened_at timestamptz;
ALTER TABLE chats
  ADD COLUMN auto_answered_at timestamptz,
  ADD COLUMN typing_at timestamptz;
ALTER TABLE lanes ADD COLUMN typing_at timestamptz;
