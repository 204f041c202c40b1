ALTER TABLE api_keys
  -- The networks that it may come from, as CIDR; none for any.
  ADD COLUMN networks text[] NOT NULL DEFAULT '{}',
  -- At most once a minute.
  ADD COLUMN last_used_at timestamptz;
ALTER TABLE admin_keys
  ADD COLUMN scopes text[] NOT NULL DEFAULT '{everything}',
  ADD COLUMN expires_at timestamptz,
  ADD COLUMN last_used_at timestamptz;
