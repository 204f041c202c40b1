-- What became of each part of a message that takes several; null for one that takes one.
ALTER TABLE deliveries ADD COLUMN parts jsonb;

-- Nobody knows whether one of the parts before was sent.
ALTER TABLE pending_deliveries ADD COLUMN has_unknown_part boolean NOT NULL DEFAULT false;

-- Markdown to the letter, beside Markdown as people write it.
ALTER TABLE notification_contents
  DROP CONSTRAINT notification_contents_format_check,
  ADD CONSTRAINT notification_contents_format_check
    CHECK (format IN ('markdown', 'commonmark', 'plain', 'telegram_markdown', 'telegram_markdown_v2', 'telegram_html'))
    NOT VALID;
