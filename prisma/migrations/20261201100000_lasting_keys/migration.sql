-- The keys from which is derived what outlives a SECRET_KEY: the signatures of buttons, the chain of the audit, the digests of
-- people who were erased. Sealed with SECRET_KEY, like every secret.
CREATE TABLE lasting_keys (
  id text PRIMARY KEY,
  sealed bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
