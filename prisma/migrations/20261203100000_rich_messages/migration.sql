-- Whether what a tenant says goes as rich messages of Telegram, where a message does not say so itself.
ALTER TABLE tenants
  ADD COLUMN rich text NOT NULL DEFAULT 'off'
    CONSTRAINT tenants_rich CHECK (rich IN ('off', 'auto', 'on'));
