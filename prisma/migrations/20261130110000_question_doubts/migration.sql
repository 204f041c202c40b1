-- Open questions of which somebody has to look whether anybody can still answer them. Whoever ends a delivery or a
-- connection only adds a row, so that nobody waits for whoever is answering.
CREATE TABLE question_doubts (
  number      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant_id   uuid NOT NULL,
  question_id uuid NOT NULL,
  due_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX question_doubts_due ON question_doubts (due_at);

DROP INDEX questions_open_checked;
DROP INDEX questions_open_tenant;
CREATE INDEX questions_open_tenant ON questions (tenant_id, id) WHERE status = 'open';
ALTER TABLE questions DROP COLUMN checked_at;
INSERT INTO question_doubts (tenant_id, question_id) SELECT tenant_id, id FROM questions WHERE status = 'open';
