-- Counts the tokens that a bot has had, so that what was found out about one says nothing about the next; and how often
-- in a row Telegram refused the bot, which is tried again at longer and longer intervals.
ALTER TABLE lanes
  ADD COLUMN token_version integer NOT NULL DEFAULT 0,
  ADD COLUMN refusals smallint NOT NULL DEFAULT 0;

-- A row that is not to be repeated tells apart whether its call was begun, or only claimed for it.
ALTER TABLE pending_deliveries ADD COLUMN is_begun boolean NOT NULL DEFAULT false;

-- What was sent and nothing more to say is written in one go, with the server's own function.
ALTER TABLE events ALTER COLUMN id SET DEFAULT uuidv7();
