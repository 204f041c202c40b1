-- What proves that details were taken out by an erasure, and that a chain ends where it says.
ALTER TABLE audit_entries ADD COLUMN erasure_proof text;
ALTER TABLE audit_chains ADD COLUMN signature text;
-- Before this moment neither was written.
INSERT INTO service_settings (name, value) VALUES ('audit_signed_since', to_json(now()) #>> '{}');

-- Details that were taken out before are proved by nothing; those that are taken out from now on need a proof.
CREATE OR REPLACE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'audit entries stay';
  END IF;
  IF (NEW.tenant_id, NEW.id, NEW.actor_type, NEW.action, NEW.object_type, NEW.digest, NEW.created_at)
      IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.actor_type, OLD.action, OLD.object_type, OLD.digest, OLD.created_at)
    OR OLD.sequence IS NOT NULL AND (NEW.sequence, NEW.hash) IS DISTINCT FROM (OLD.sequence, OLD.hash)
    OR NEW.details IS NOT NULL AND NEW.details IS DISTINCT FROM OLD.details
    OR NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt
    OR (NEW.details IS NULL OR NEW.salt IS NULL) AND NEW.erasure_proof IS NULL
      AND OLD.details IS NOT NULL AND OLD.salt IS NOT NULL
    OR OLD.erasure_proof IS NOT NULL AND NEW.erasure_proof IS DISTINCT FROM OLD.erasure_proof
  THEN
    RAISE EXCEPTION 'audit entries stay as they are';
  END IF;
  RETURN NEW;
END $$;

-- A key that was replaced is not replaced again.
ALTER TABLE api_keys ADD COLUMN replaced_at timestamptz;
ALTER TABLE admin_keys ADD COLUMN replaced_at timestamptz, ADD COLUMN networks text[] NOT NULL DEFAULT '{}';

-- What people wrote is content, and goes with it.
CREATE INDEX events_content_idx ON events (id) WHERE type IN ('message.received', 'command.received', 'question.answered');

-- Where a group is that became a supergroup is looked up from the new one.
CREATE INDEX chats_migrated_idx ON chats (bot_id, migrated_to_chat_id) WHERE migrated_to_chat_id IS NOT NULL;

-- So long at most a drop waits for its lock, and whoever writes for the drop. What is busy is tried again an hour later.
ALTER FUNCTION drop_partition(text, text) SET lock_timeout = '30ms';
