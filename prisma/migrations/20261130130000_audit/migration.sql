-- Who changed what. An entry is written in the transaction of the change, and never again: only its place in its tenant's
-- chain is added, and what it says of persons may be taken out of it, of which the digest stays.
CREATE TABLE audit_entries (
  -- Of the service itself where it is nil.
  tenant_id   uuid NOT NULL,
  id          uuid NOT NULL,
  actor_type  text NOT NULL,
  action      text NOT NULL,
  object_type text,
  -- JSON, as it was written: the digest is over its characters.
  details     text,
  salt        bytea,
  digest      text NOT NULL,
  created_at  timestamptz NOT NULL,
  sequence    bigint,
  hash        text,
  PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX audit_entries_chain ON audit_entries (tenant_id, sequence) WHERE sequence IS NOT NULL;
CREATE INDEX audit_entries_id ON audit_entries (id);
CREATE INDEX audit_entries_unsealed ON audit_entries (tenant_id, id) WHERE sequence IS NULL;

-- The end of each chain, so that one that was cut off is noticed.
CREATE TABLE audit_chains (
  tenant_id uuid NOT NULL PRIMARY KEY,
  sequence  bigint NOT NULL,
  hash      text NOT NULL
);

CREATE FUNCTION keep_audit_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'UPDATE' THEN
    RAISE EXCEPTION 'audit entries stay';
  END IF;
  IF (NEW.tenant_id, NEW.id, NEW.actor_type, NEW.action, NEW.object_type, NEW.digest, NEW.created_at)
      IS DISTINCT FROM (OLD.tenant_id, OLD.id, OLD.actor_type, OLD.action, OLD.object_type, OLD.digest, OLD.created_at)
    OR OLD.sequence IS NOT NULL AND (NEW.sequence, NEW.hash) IS DISTINCT FROM (OLD.sequence, OLD.hash)
    OR NEW.details IS NOT NULL AND NEW.details IS DISTINCT FROM OLD.details
    OR NEW.salt IS NOT NULL AND NEW.salt IS DISTINCT FROM OLD.salt
  THEN
    RAISE EXCEPTION 'audit entries stay as they are';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE ON audit_entries
  FOR EACH ROW EXECUTE FUNCTION keep_audit_entry();
CREATE TRIGGER audit_entries_stay_whole BEFORE TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_entry();
