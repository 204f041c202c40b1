-- Notifications that wait for an answer. A question has the id of its notification.
CREATE TABLE questions (
  tenant_id      uuid NOT NULL,
  id             uuid NOT NULL,
  status         text NOT NULL DEFAULT 'open'
    CONSTRAINT questions_status CHECK (status IN ('open', 'answered', 'expired', 'cancelled', 'failed')),
  quorum         text NOT NULL DEFAULT 'first' CONSTRAINT questions_quorum CHECK (quorum IN ('first', 'all')),
  -- The option that counts where nobody answers.
  default_option text,
  expires_at     timestamptz NOT NULL,
  answer         jsonb,
  failure        text,
  -- When it was looked at whether anybody can still answer.
  checked_at     timestamptz NOT NULL DEFAULT now(),
  created_at     timestamptz NOT NULL DEFAULT now(),
  ended_at       timestamptz,
  PRIMARY KEY (tenant_id, id)
);
CREATE INDEX questions_open_tenant ON questions (tenant_id) WHERE status = 'open';
CREATE INDEX questions_open_expires ON questions (expires_at) WHERE status = 'open';
CREATE INDEX questions_open_checked ON questions (checked_at) WHERE status = 'open';

-- What each chat has answered, where everybody is to.
CREATE TABLE question_answers (
  tenant_id     uuid NOT NULL,
  question_id   uuid NOT NULL,
  connection_id uuid NOT NULL,
  answer        jsonb NOT NULL,
  answered_at   timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant_id, question_id, connection_id),
  FOREIGN KEY (tenant_id, question_id) REFERENCES questions ON DELETE CASCADE
);
