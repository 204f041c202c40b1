-- Bots that Telegram refuses are never looked at, and are not to be passed over at each look.
DROP INDEX bots_webhook_due_at;
CREATE INDEX bots_webhook_due_at ON bots (webhook_due_at) WHERE status = 'active';
